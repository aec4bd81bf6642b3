/** What `explain` makes of texts that people paste. The cases stand in test/cases. */
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain.ts';
import { diagnosisView } from '../../src/report/resource/diagnosis.ts';
import { ENTRA_TEXTS } from '../cases/entra-texts.ts';
import { MAIL_TEXTS } from '../cases/mail-texts.ts';
import { NETWORK_TEXTS } from '../cases/network-texts.ts';
import { aJwt, GOOD_CLAIMS, PASTED_AT, type TextCase } from '../cases/text-case.ts';

const ALL: readonly TextCase[] = [...ENTRA_TEXTS, ...MAIL_TEXTS, ...NETWORK_TEXTS];

describe('explain recognizes', () => {
  test.each(ALL)('$name', ({ text, first, detail, confidence, among = [] }) => {
    const diagnoses = explain(text, PASTED_AT);
    expect(diagnoses[0]?.cause).toBe(first);
    expect(diagnoses[0]?.causeDetail).toBe(detail);
    expect(diagnoses[0]).toMatchObject(confidence === undefined ? {} : { confidence });
    expect(diagnoses.map((diagnosis) => diagnosis.cause)).toEqual(expect.arrayContaining([...among]));
  });
});

describe('explain says nothing of', () => {
  test.each([
    ['an empty text', ''],
    ['blanks', ' \r\n\t '],
    ['small talk', 'Hello, how are you? The weather is fine today.'],
    [
      'a healthy dialogue',
      '* OK The Microsoft Exchange IMAP4 service is ready.\na2 OK AUTHENTICATE completed.\na3 OK [READ-ONLY] EXAMINE completed.',
    ],
    ['a certificate that is trusted', 'issuer=C = US, O = DigiCert Inc\nVerify return code: 0 (ok)'],
    ['a number that is no code', '12345'],
  ])('%s', (_name, text) => {
    expect(explain(text, PASTED_AT)).toEqual([]);
  });
});

describe('what is pasted is not echoed', () => {
  const token = aJwt({ ...GOOD_CLAIMS, roles: undefined });
  const secret = 'abc8Q~0123456789abcdefghijklmnopqrstuvwx';
  test.each([
    ['a token', `token ${token}\nA2 NO AUTHENTICATE failed.`, token.slice(100, 140)],
    [
      'a SASL string',
      `A1 AUTHENTICATE XOAUTH2 ${Buffer.from(`user=a@b.example\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64')} NO AUTHENTICATE failed.`,
      Buffer.from(`user=a@b.example`).toString('base64').slice(0, 20),
    ],
    [
      'a secret in a form',
      `client_secret=${secret}&scope=x AADSTS7000215: Invalid client secret provided.`,
      secret,
    ],
    [
      'a secret in JSON',
      `{"client_secret":"${secret}","error":"AADSTS7000215: Invalid client secret provided."}`,
      secret,
    ],
    ['a secret that stands alone', `AADSTS7000215: Invalid client secret provided ${secret}`, secret],
    [
      'a password of LOGIN',
      'A1 LOGIN qms@contoso.example "hunter2hunter2" A1 NO LOGIN failed.',
      'hunter2hunter2',
    ],
    [
      'a password of PASS',
      'PASS hunter2hunter2 -ERR Logon failure: unknown user name or bad password.',
      'hunter2hunter2',
    ],
    [
      'a header',
      'Authorization: Basic aHVudGVyMjpodW50ZXIy AADSTS900144: The request body must contain',
      'aHVudGVyMjpodW50ZXIy',
    ],
  ])('%s', (_name, text, hidden) => {
    const diagnoses = explain(text, PASTED_AT);
    expect(diagnoses.length).toBeGreaterThan(0);
    expect(JSON.stringify(diagnoses.map(diagnosisView))).not.toContain(hidden);
  });
});

test('names that the text quotes fill in the commands', () => {
  const text =
    "AADSTS7000222: The provided client secret keys for app '66666666-7777-8888-9999-000000000000' are expired.";
  const [first] = explain(text, PASTED_AT);
  expect(first?.subject).toBe('66666666-7777-8888-9999-000000000000');
  expect(first?.fix[0]?.command).toContain("appId eq ''66666666-7777-8888-9999-000000000000''");
  expect(first?.fix[0]?.text).toContain('<tenant id>');
});

test('a text that holds several failures gives a verdict on each', () => {
  const text =
    'AADSTS7000222: The provided client secret keys are expired.\n...\nError: connect ECONNREFUSED 52.97.1.2:993';
  expect(explain(text, PASTED_AT).map((diagnosis) => diagnosis.cause)).toEqual(
    expect.arrayContaining(['secret-expired', 'tcp-blocked']),
  );
});
