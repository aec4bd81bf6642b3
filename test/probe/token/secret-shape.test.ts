import { expect, test } from 'vitest';
import { secretShape } from '../../../src/probe/token/secret-shape.ts';

const VALUE = 'Abc8Q~dEfGhIjKlMnOpQrStUvWxYz0123456-_.a';

test.each([
  ['a secret value of Entra', VALUE, 'secret-value'],
  ['one with the tilde after three characters', `ab.~${VALUE.slice(6)}aa`, 'secret-value'],
  ['a secret ID instead of the value', '0d7c4a3e-1234-4a5b-8c6d-7e8f90a1b2c3', 'guid'],
  ['a GUID in braces', '{0D7C4A3E-1234-4A5B-8C6D-7E8F90A1B2C3}', 'guid'],
  ['a blank behind', `${VALUE} `, 'whitespace'],
  ['a second line end behind', `${VALUE}\n`, 'whitespace'],
  ['a tab before', `\t${VALUE}`, 'whitespace'],
  ['a byte order mark before', `\uFEFF${VALUE}`, 'whitespace'],
  ['double quotes around', `"${VALUE}"`, 'quoted'],
  ['single quotes around', `'${VALUE}'`, 'quoted'],
  ['a percent-encoded value', VALUE.replace('~', '%7E'), 'encoded'],
  ['half of a copy', VALUE.slice(0, 14), 'short'],
  ['an empty text', '', 'short'],
  ['an old secret without a tilde', 'abcdefghijklmnopqrstuvwxyz0123456789ABCD=', 'other'],
])('%s is recognized', (_, secret, looksLike) => {
  expect(secretShape(secret)).toEqual({ length: secret.length, looksLike });
});
