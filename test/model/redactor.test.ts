import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';

const SECRET = 'Kx8Q~canary+S3cret/Value%with"odd\\chars=';
const TOKEN = `opaque.${'canaryTOKEN0123456789abcdefghijklmnop'.repeat(8)}`;

function redactorWith(...values: readonly string[]): ReturnType<typeof createRedactor> {
  const redactor = createRedactor();
  for (const value of values) redactor.add(value);
  return redactor;
}

describe('a registered secret is removed', () => {
  const base64Of = (text: string): string => Buffer.from(text).toString('base64');
  test.each([
    ['as it is', SECRET],
    ['percent-encoded', encodeURIComponent(SECRET)],
    ['in a JSON string', JSON.stringify({ client_secret: SECRET })],
    ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['in base64', base64Of(SECRET)],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
    ['in the base64 of a longer text, at the first offset', base64Of(`abc${SECRET}xyz`)],
    ['in the base64 of a longer text, at the second offset', base64Of(`abcd${SECRET}xyz`)],
    ['in the base64 of a longer text, at the third offset', base64Of(`abcde${SECRET}xyz`)],
    ['in upper case', SECRET.toUpperCase()],
    ['in lower case', SECRET.toLowerCase()],
    ['as a form carries it, in lower case', new URLSearchParams({ s: SECRET }).toString().toLowerCase()],
    ['in the middle of a sentence', `the server said ${SECRET}, and hung up`],
  ])('%s', (_name, text) => {
    const redacted = redactorWith(SECRET).redact(text);
    expect(redacted).toContain('[redacted]');
    for (const form of [SECRET, encodeURIComponent(SECRET), base64Of(SECRET).slice(4, -4), 'canary']) {
      expect(redacted.toLowerCase()).not.toContain(form.toLowerCase());
    }
  });
});

test('a part of a token is removed too, as a server that cuts its echo would send it', () => {
  const redacted = redactorWith(TOKEN).redact(`NO bad token ${TOKEN.slice(20, 60)}...`);
  expect(redacted).toBe('NO bad token [redacted]');
});

test('a JWT is removed although it is not registered', () => {
  const jwt = `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"roles":["x"]}').toString('base64url')}.c2lnbmF0dXJl`;
  expect(createRedactor().redact(`Authorization: Bearer ${jwt}`)).not.toContain('eyJ');
});

test('a part of a token is removed in another case too', () => {
  expect(redactorWith(TOKEN).redact(`NO bad token ${TOKEN.slice(20, 60).toUpperCase()}...`)).toBe(
    'NO bad token [redacted]',
  );
});

test.each(['\n', '\t', '\u0001', '\\', '"'])(
  'behind %j in a line of JSON it is removed, and the line stays JSON',
  (before) => {
    const line = redactorWith(SECRET, TOKEN).redact(
      JSON.stringify({ text: `${before}${TOKEN}${before}${SECRET}` }),
    );
    expect(line).not.toContain('canary');
    expect(JSON.parse(line)).toHaveProperty('text');
  },
);

test('letters whose lower case is longer do not shift what is removed', () => {
  expect(redactorWith(SECRET).redact(`\u0130\u0130\u03A3 ${SECRET}\u0130`)).toBe(
    '\u0130\u0130\u03A3 [redacted]\u0130',
  );
});

test('text without a secret is unchanged', () => {
  const text =
    'AADSTS7000222: The provided client secret keys for app 66666666-7777-8888-9999-000000000000 are expired.';
  expect(redactorWith(SECRET, TOKEN).redact(text)).toBe(text);
});

test('a short value is not registered, because it would redact half the language', () => {
  expect(redactorWith('abc').redact('abc def')).toBe('abc def');
});

test('what was configured is still removed after many days of renewed tokens, and so are the latest of them', () => {
  const redactor = redactorWith(SECRET);
  const tokenOf = (at: number): string =>
    Array.from({ length: 160 }, (_, part) =>
      ((at + 1) * (part + 1) * 7_919).toString(36).padStart(8, '~'),
    ).join('');
  for (let at = 0; at < 1_500; at += 1) redactor.add(tokenOf(at));
  const shown = (text: string): string => redactor.redact(`NO ${text} refused`);
  expect(shown(SECRET)).toBe('NO [redacted] refused');
  expect(shown(tokenOf(1_499))).toBe('NO [redacted] refused');
  expect(shown(tokenOf(1_200).slice(100, 140))).toBe('NO [redacted] refused');
  expect(shown(tokenOf(1_500))).toBe(`NO ${tokenOf(1_500)} refused`);
});

test.each([
  ['String()', String(new Secret(SECRET))],
  ['JSON.stringify', JSON.stringify({ secret: new Secret(SECRET) })],
  ['util.inspect', inspect({ secret: new Secret(SECRET) }, { showHidden: true, depth: 9 })],
])('a Secret shown by %s is not seen', (_name, shown) => {
  expect(shown).toContain('[redacted]');
  expect(shown).not.toContain('canary');
});
