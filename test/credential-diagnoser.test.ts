/** A verdict that says until when a token works is outdated once that time has passed. */
import { expect, test } from 'vitest';
import { createCredentialDiagnoser } from '../src/credential-diagnoser.ts';
import type { CredentialStatus } from '../src/model/credential.ts';
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
const LATER = NOON + 61_000;

function titleAt(diagnoser: ReturnType<typeof createCredentialDiagnoser>, now: number): string | undefined {
  return diagnoser.diagnose(app, REFUSED, TOKEN, [aTarget()], now)[0]?.title;
}

test('while the token lives the verdict holds', () => {
  const diagnoser = createCredentialDiagnoser();
  expect(titleAt(diagnoser, NOON)).toContain('The current token works until 2026-11-22 12:01 UTC');
  expect(diagnoser.isOutdated(app, NOON + 59_000)).toBe(false);
});

test('after its end the verdict is outdated, until it is given anew', () => {
  const diagnoser = createCredentialDiagnoser();
  titleAt(diagnoser, NOON);
  expect(diagnoser.isOutdated(app, LATER)).toBe(true);
  expect(titleAt(diagnoser, LATER)).toContain('No valid token is left');
  expect(diagnoser.isOutdated(app, LATER)).toBe(false);
});

test('a verdict that counts on no token is never outdated', () => {
  const diagnoser = createCredentialDiagnoser();
  diagnoser.diagnose(app, { ...REFUSED, valid: true }, TOKEN, [], NOON);
  expect(diagnoser.isOutdated(app, LATER)).toBe(false);
});
