/** What is made of a policy as Graph writes it: which restrictions reach an app, and how long a duration is. */
import { describe, expect, test } from 'vitest';
import { durationMs, readPolicy } from '../../../src/probe/credential/app-policy.ts';
import type { GraphReader, Json } from '../../../src/probe/credential/graph-reader.ts';

const DAY = 86_400_000;
const CREATED = '2026-01-15T09:10:02Z';

async function policyFrom(policy: Json, application: Json = { id: 'a', createdDateTime: CREATED }) {
  const graph: GraphReader = {
    list: async () => ({ ok: true, value: [] }),
    get: async () => ({ ok: true, value: policy }),
  };
  const reply = await readPolicy(application, graph, (text) => text);
  return reply.ok ? reply.value : reply.failure;
}

const restricted = (...passwordCredentials: readonly Json[]): Json => ({
  displayName: 'Default',
  isEnabled: true,
  applicationRestrictions: { passwordCredentials, keyCredentials: [] },
});

describe('a restriction', () => {
  test.each<[string, Json, boolean]>([
    ['without a state, as older answers have it', {}, true],
    ['that is on', { state: 'enabled' }, true],
    ['that is off', { state: 'disabled' }, false],
    ['for all apps', { restrictForAppsCreatedAfterDateTime: null }, true],
    ['for apps since 2020', { restrictForAppsCreatedAfterDateTime: '2020-01-01T00:00:00Z' }, true],
    [
      'for apps that are younger than this one',
      { restrictForAppsCreatedAfterDateTime: '2026-02-01T00:00:00Z' },
      false,
    ],
    ['since a date that is none', { restrictForAppsCreatedAfterDateTime: 'soon' }, true],
  ])('%s', async (_name, more, applies) => {
    const policy = await policyFrom(restricted({ restrictionType: 'passwordAddition', ...more }));
    expect(policy).toEqual(applies ? { name: 'Default', forbidsSecrets: true } : undefined);
  });

  test('reaches an app whose age is not known', async () => {
    const policy = restricted({
      restrictionType: 'passwordAddition',
      restrictForAppsCreatedAfterDateTime: '2026-02-01T00:00:00Z',
    });
    expect(await policyFrom(policy, { id: 'a' })).toMatchObject({ forbidsSecrets: true });
  });

  test('of several lifetimes, the shortest counts', async () => {
    const policy = restricted(
      { restrictionType: 'passwordLifetime', maxLifetime: 'P365D' },
      { restrictionType: 'passwordLifetime', maxLifetime: 'P90D' },
    );
    expect(await policyFrom(policy)).toMatchObject({ forbidsSecrets: false, longestSecretMs: 90 * DAY });
  });
});

test.each<[string, Json]>([
  ['is off', { ...restricted({ restrictionType: 'passwordAddition' }), isEnabled: false }],
  ['restricts nothing', restricted()],
  ['restricts what is no secret', restricted({ restrictionType: 'symmetricKeyAddition' })],
  ['is no policy', { value: [7] }],
  ['has nonsense for a list', { isEnabled: true, applicationRestrictions: { passwordCredentials: 'all' } }],
])('a policy that %s says nothing', async (_name, policy) => {
  expect(await policyFrom(policy)).toBeUndefined();
});

test.each([
  ['P90D', 90 * DAY],
  ['P4DT12H30M5S', 4 * DAY + 45_005_000],
  ['PT36H', 1.5 * DAY],
  ['P6M', 168 * DAY],
  ['P1Y', 365 * DAY],
  ['P2W', 14 * DAY],
  ['P0D', 0],
])('%s is %d ms', (text, ms) => {
  expect(durationMs(text)).toBe(ms);
});

test.each(['', '90', 'P', 'PT', '-P1D', 'P1H', 'P1D ', 'P99999999D'])('%j is no duration', (text) => {
  expect(durationMs(text) ?? 0).toBe(0);
});
