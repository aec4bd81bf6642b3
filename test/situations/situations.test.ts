import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createCertificateAuthority, type CertificateAuthority } from '../../src/sandbox/certificates.ts';
import { openStage } from '../support/stage.ts';
import { MAILBOX_SITUATIONS } from './mailbox-situations.ts';
import { NETWORK_SITUATIONS } from './network-situations.ts';
import { TOKEN_SITUATIONS } from './token-situations.ts';

/** What is said of situations that no single state of a tenant shows: they have a past, a neighbor, or an end. */
const SITUATIONS = [...NETWORK_SITUATIONS, ...TOKEN_SITUATIONS, ...MAILBOX_SITUATIONS];

let certificateAuthority: CertificateAuthority;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true });
  certificateAuthority = await createCertificateAuthority('test');
});
afterAll(() => {
  vi.useRealTimers();
});

test.each(SITUATIONS)('$name', async (situation) => {
  const office = situation.office();
  const stage = await openStage({ ...situation.options, ...office, certificateAuthority });
  try {
    const story = await situation.play(stage, office);
    expect(story).toEqual(situation.story);
    expect(stage.downs).toHaveLength(situation.downs);
    const verdicts = stage.downs.flatMap(({ probe }) => probe.diagnoses);
    expect(verdicts.map(({ cause }) => cause)).toEqual(expect.arrayContaining([...(situation.listed ?? [])]));
    const certain = verdicts.filter(({ confidence }) => confidence === 'certain').map(({ cause }) => cause);
    expect([...new Set(certain)]).toEqual(situation.downs === 0 ? [] : [...(situation.certain ?? [])]);
  } finally {
    await stage.close();
  }
});
