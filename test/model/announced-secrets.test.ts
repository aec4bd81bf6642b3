import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import { superLinear } from '../support/linear.ts';

/** What a text itself announces as a secret, although nobody registered it. */
const { redact } = createRedactor();
const JWT = ['{"alg":"RS256"}', '{"roles":["canary"]}', 'canary'].map((part) =>
  Buffer.from(part).toString('base64url'),
);

describe('redacts', () => {
  test.each([
    ['client_secret= of a form', 'client_secret=caNARY~1&scope=x', 'client_secret=[redacted]&scope=x'],
    ['CLIENT_SECRET=', 'CLIENT_SECRET=caNARY', 'CLIENT_SECRET=[redacted]'],
    ['client_secret = with blanks', 'client_secret = canary next', 'client_secret = [redacted] next'],
    ['client_secret in quotes', `client_secret="can'ary &<" x`, 'client_secret="[redacted]" x'],
    ['client_secret in single quotes', `'client_secret': 'can ary'`, `'client_secret': '[redacted]'`],
    ['client_secret of JSON', '{"client_secret":"can\\"ary","a":1}', '{"client_secret":"[redacted]","a":1}'],
    ['clientSecret of JSON', '{"clientSecret" : "canary"}', '{"clientSecret" : "[redacted]"}'],
    [
      'JSON within JSON',
      '{"m":"{\\"client_secret\\":\\"canary\\",\\"a\\":1}"}',
      '{"m":"{\\"client_secret\\":\\"[redacted]\\",\\"a\\":1}"}',
    ],
    ['client_secret%3D', 'q=client_secret%3Dcanary%26scope&x', 'q=client_secret%3D[redacted]&x'],
    ['client_secret%253d', 'client_secret%253dcanary', 'client_secret%253d[redacted]'],
    ['JSON in a URL', '%7B%22client_secret%22%3A%22canary%22%7D', '%7B%22client_secret%22%3A%22[redacted]'],
    ['client_assertion=', 'client_assertion=canary', 'client_assertion=[redacted]'],
    ['access_token of JSON', '"access_token": "canary"', '"access_token": "[redacted]"'],
    ['refresh_token=', 'refresh_token=canary', 'refresh_token=[redacted]'],
    ['auth=', 'user=a auth=canary b', 'user=a auth=[redacted] b'],
    ['Auth= with a mechanism in front of more', 'Auth=plain+canary', 'Auth=[redacted]'],
    [
      'auth=Bearer',
      'user=a\u0001auth=Bearer canary.canary\u0001\u0001',
      'user=a\u0001auth=Bearer [redacted]\u0001\u0001',
    ],
    [
      'auth=Bearer in JSON',
      '"user=a\\u0001auth=Bearer canary.canary\\u0001"',
      '"user=a\\u0001auth=Bearer [redacted]\\u0001"',
    ],
    ['auth%3DBearer%20', 'auth%3DBearer%20canarycanary', 'auth%3DBearer%20[redacted]'],
    ['Bearer', 'Authorization: Bearer canary!canary, x', 'Authorization: Bearer [redacted], x'],
    ['BEARER over a folded line', 'BEARER\r\n          canarycanary', 'BEARER\r\n          [redacted]'],
    ['a JWT', `x=${JWT.join('.')}`, 'x=[redacted]'],
    ['a JWT in upper case', JWT.join('.').toUpperCase(), '[redacted]'],
    ['a JWT behind other letters', `token${JWT.join('.')}`, 'token[redacted]'],
  ])('%s', (_name, text, redacted) => {
    expect(redact(text)).toBe(redacted);
    expect(redact(redacted)).toBe(redacted);
  });
});

test.each([
  [
    'capabilities',
    '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 AUTH=SCRAM-SHA-256-PLUS SASL-IR] ready',
  ],
  ['the advice how to log in', 'user=ADDRESS, one byte 0x01, auth=Bearer TOKEN, two bytes 0x01'],
  ['the names of parameters', "The request body must contain: 'client_assertion' or 'client_secret'."],
  ['the type of a token', '{"token_type":"Bearer","expires_in":3599}'],
  ['a member that is no text', '{"auth":{"code":1},"client_secret":null,"access_token":17}'],
  ['a colon in prose', 'client_secret: expected a file, got a value'],
  ['a JSON challenge in base64', Buffer.from('{"status":"400","schemes":"Bearer"}').toString('base64')],
  ['a host name with letters of a JWT', 'keyjar-service-1.mail.example'],
])('leaves %s', (_name, text) => {
  expect(redact(text)).toBe(text);
});

test.each([
  'eyJ',
  'eyJeyJeyJe.',
  'bearer ',
  'Bearer%20',
  'client_secret',
  'client_secret= ',
  'client_secret="\\',
  'auth=',
  `auth\\"=\\"`,
  '\\',
  '%2522',
  '&quot;',
  'aaaa',
  'a=b&',
  '"',
  ' ',
])('the work is linear for a text of %j', async (fragment) => {
  const redactor = createRedactor();
  redactor.add('Kx8Q~canary+S3cret/Value%with"odd\\chars=');
  expect(
    await superLinear((length) => redactor.redact(fragment.repeat(Math.ceil(length / fragment.length)))),
  ).toBeUndefined();
});
