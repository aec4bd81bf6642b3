import { expect, test } from 'vitest';
import type { CredentialStatus } from '../../../src/model/credential.ts';
import { createRedactor } from '../../../src/model/redactor.ts';
import { Secret } from '../../../src/model/secret.ts';
import {
  createCredentialStore,
  type CredentialStore,
} from '../../../src/probe/credential/credential-store.ts';
import type { TokenOutcome } from '../../../src/probe/token/token-source.ts';
import { anApp, NOON } from '../../support/builders.ts';
import { readFile } from '../../support/files.ts';

const REFUSED: CredentialStatus = {
  app: 'plm',
  kind: 'secret',
  endDates: [{ source: 'graph', expiresAt: NOON, credential: 'key' }],
  registered: [],
  match: 'matched',
  matchedKeyId: 'key',
  valid: false,
  lastCheck: NOON,
  lastSuccess: NOON - 1,
  refusal: { kind: 'rejected', code: 'AADSTS7000222', text: 'expired' },
};

const silence = async (): Promise<TokenOutcome> => ({
  ok: false,
  failure: { kind: 'timeout', text: 'silence' },
  facts: {},
});

function aStore(...statuses: readonly CredentialStatus[]): CredentialStore {
  const store = createCredentialStore({
    readSecret: async () => new Secret('abc8Q~value'),
    readFile,
    redactor: createRedactor(),
    tokens: { acquire: silence, refresh: silence },
  });
  const restored: readonly CredentialStatus[] = JSON.parse(JSON.stringify(statuses));
  store.restore(restored);
  return store;
}

test('what was known of a credential holds until it is checked, and it is checked at once', () => {
  const store = aStore(REFUSED);
  expect(store.update([anApp()])).toEqual(['plm']);
  expect(store.statusOf('plm')).toEqual(REFUSED);
  store.observe(anApp(), anApp().scope, { ok: true, token: new Secret('t'), claims: {}, facts: {} });
  expect(store.statusOf('plm')).toMatchObject({ valid: true, match: 'matched' });
});

test('another kind of credential, and an app that comes later, begin anew', () => {
  const credential = { kind: 'federated-token', tokenFile: '/run/token' } as const;
  const store = aStore(REFUSED);
  store.update([anApp({ credential })]);
  expect(store.statusOf('plm')).toMatchObject({ kind: 'federated-token', pending: true });
  store.update([]);
  store.update([anApp()]);
  expect(store.statusOf('plm')).toMatchObject({ kind: 'secret', pending: true });
});

test('what the directory held is not forgotten where it does not answer after the start', async () => {
  const registered = [
    { kind: 'secret', keyId: 'key', hint: 'abc', expiresAt: Date.now() + 86_400_000 },
  ] as const;
  const app = anApp({ graph: true });
  const store = aStore({ ...REFUSED, registered, valid: true });
  store.update([app]);
  await store.describe(app, 0, new AbortController().signal);
  const status = store.statusOf('plm');
  expect(status?.graphFailure).toBeDefined();
  expect(status).toMatchObject({ registered, match: 'matched', endDates: [{ source: 'graph' }] });
});
