/**
 * What `explain` answers holds nothing of the pasted text but what its vocabulary knows and identifiers that its
 * commands need: secrets of any kind, announced or not, beside everything that it recognizes.
 */
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain.ts';
import { KNOWN_SENTENCES } from '../../src/vocabulary/sentences.ts';
import { MAIL_OUTPUTS } from '../cases/clients/mail-outputs.ts';
import { NETWORK_OUTPUTS } from '../cases/clients/network-outputs.ts';
import { TOKEN_OUTPUTS } from '../cases/clients/token-outputs.ts';
import { ENTRA_TEXTS } from '../cases/entra-texts.ts';
import { MAIL_TEXTS } from '../cases/mail-texts.ts';
import { NETWORK_TEXTS } from '../cases/network-texts.ts';
import { HIDDEN } from '../cases/secrets.ts';
import { SYSTEM_CASES } from '../cases/system-messages.ts';
import { PASTED_AT } from '../cases/text-case.ts';
import { MAIL_THREADS } from '../cases/threads/mail-threads.ts';
import { NETWORK_THREADS } from '../cases/threads/network-threads.ts';
import { SECOND_SAMPLE } from '../cases/threads/second-sample.ts';
import { TOKEN_THREADS } from '../cases/threads/token-threads.ts';

/** Each is recognized, and quoted, by another part of the transcript. */
const RECOGNIZED: readonly (readonly [where: string, beside: (secret: string) => string])[] = [
  ['behind a refusal', (secret) => `A1 NO AUTHENTICATE failed. ${secret}`],
  ['before a refusal', (secret) => `${secret} -ERR Logon failure: unknown user name or bad password.`],
  [
    'in the middle of a sentence',
    (secret) => `BAD User is authenticated ${secret}\nauthenticated but not connected`,
  ],
  ['behind a code', (secret) => `AADSTS7000215: Invalid client secret provided ${secret}`],
  ['in the place of its sentence', (secret) => `AADSTS7000215: ${secret}`],
  ['above a code', (secret) => `${secret}\nAADSTS700016: Application with identifier`],
  ['behind a failed connection', (secret) => `connect ECONNREFUSED 52.97.1.2:993 ${secret}`],
  ['before a host', (secret) => `${secret} getaddrinfo ENOTFOUND outlook.office365.com`],
  ['below a certificate', (secret) => `issuer=CN = Zscaler Root\nverify return code: 19 (${secret})`],
  ['in the error of OAuth', (secret) => `msal {"error":"invalid_client","error_description":"${secret}"}`],
];

function answerTo(text: string): string {
  return JSON.stringify(explain(text, PASTED_AT));
}

/** Beginnings and ends of secrets that are words of the answers themselves prove nothing. */
const OWN_WORDS = [...RECOGNIZED.map(([, beside]) => answerTo(beside('-'))), ...KNOWN_SENTENCES].join('\n');

describe.each(RECOGNIZED)('a secret %s does not leave', (_where, beside) => {
  test('and the text is recognized', () => {
    expect(explain(beside('-'), PASTED_AT)).not.toEqual([]);
  });

  test.each(HIDDEN)('$name', ({ text, secret }) => {
    const answer = answerTo(beside(text));
    expect(answer).not.toContain(secret);
    const ends = [secret.slice(0, 6), secret.slice(-6)].filter((end) => !OWN_WORDS.includes(end));
    for (const end of ends) expect(answer).not.toContain(end);
  });
});

test.each([
  "AADSTS7000222: The provided client secret keys for app 'prod-secret.value.Qx' are expired.",
  "AADSTS700016: Application with identifier 'prod-secret.value.Qx' was not found in the directory 'contoso.example'",
  'AADSTS7000229: The client application prod-secret.value.Qx is missing service principal in the tenant contoso.example',
])('a secret in the place of an app id does not leave, even if it looks like a domain: %s', (text) => {
  expect(explain(text, PASTED_AT)).not.toEqual([]);
  expect(answerTo(text)).not.toContain('prod-secret.value.Qx');
});

const TEXTS: readonly { readonly name: string; readonly text: string }[] = [
  ...ENTRA_TEXTS,
  ...MAIL_TEXTS,
  ...NETWORK_TEXTS,
  ...TOKEN_THREADS,
  ...MAIL_THREADS,
  ...NETWORK_THREADS,
  ...SECOND_SAMPLE,
  ...SYSTEM_CASES,
  ...MAIL_OUTPUTS,
  ...NETWORK_OUTPUTS,
  ...TOKEN_OUTPUTS,
];
/** Between every word, or so many: between all of them few things are recognized. */
const CANARIES = [
  ['zQ7-vLw4RnB1sD', 1],
  ['hvs.CAESIJ2rQ8vXkZt1', 3],
  ['soleilbleu', 7],
] as const;

describe('a word of no meaning does not leave from within', () => {
  test.each(TEXTS)('$name', ({ text }) => {
    for (const [canary, stride] of CANARIES) {
      const laced = text
        .split(' ')
        .map((word, index) => (index % stride === 0 ? `${word} ${canary}` : word))
        .join(' ');
      expect(answerTo(laced)).not.toContain(canary);
    }
  });

  test.each(TEXTS)('$name, joined to a word', ({ text }) => {
    const [[canary]] = CANARIES;
    for (const joined of [text.replace(/[^\w\s]/g, `$&${canary}`), text.replace(/\w+/g, `$&${canary}`)])
      expect(answerTo(joined)).not.toContain(canary);
  });
});
