/** What is said of a token's end is said anew when it has come. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCredentialJudge } from '../src/judge-credential.ts';
import type { CredentialStatus } from '../src/model/credential.ts';
import type { Diagnosis } from '../src/model/diagnosis.ts';
import { anApp, aTarget, NOON } from './support/builders.ts';

const app = anApp();
const REFUSED: CredentialStatus = {
  app: app.id,
  kind: 'secret',
  endDates: [],
  registered: [],
  match: 'unknown',
  valid: false,
  refusal: { kind: 'rejected', code: 'AADSTS7000222', text: 'AADSTS7000222: expired.' },
};
const TOKEN = { app: app.id, requestsTotal: 1, failuresByCode: {}, expiresAt: NOON + 60_000 };

let told: (readonly Diagnosis[])[];
let judge: ReturnType<typeof createCredentialJudge>;

beforeEach(() => {
  vi.useFakeTimers({ now: NOON, toFake: ['Date'] });
  told = [];
  judge = createCredentialJudge({
    tokenOf: () => TOKEN,
    credentialOf: () => REFUSED,
    targets: () => [aTarget()],
    tell: (_app, diagnoses) => told.push(diagnoses),
  });
  judge.judge(app, REFUSED);
});
afterEach(() => {
  vi.useRealTimers();
});

test('while the token lives a look changes nothing', () => {
  judge.noteLook(app);
  expect(told).toHaveLength(1);
  expect(told[0]?.[0]?.title).toContain('The token in hand works until 2026-11-22 12:01 UTC');
});

test('the first look after its end has it said that none lives any more, and no later one', () => {
  vi.setSystemTime(NOON + 61_000);
  judge.noteLook(app);
  judge.noteLook(app);
  expect(told).toHaveLength(2);
  expect(told[1]?.[0]?.title).toContain('No valid token is left');
});
