import { expect, test } from 'vitest';
import { isSimulated } from '../src/is-simulated.ts';
import { anApp } from './support/builders.ts';

test.each([
  ['the sandbox by name', ['https://localhost:8443'], true],
  ['the sandbox by address', ['https://127.0.0.1:8443'], true],
  ['Microsoft', ['https://login.microsoftonline.com'], false],
  ['both', ['https://localhost:8443', 'https://login.microsoftonline.com'], false],
  ['a host that only begins so', ['https://127.0.0.1.example:8443'], false],
])('%s', (_, authorities, expected) => {
  expect(isSimulated({ apps: authorities.map((authority) => anApp({ authority })) })).toBe(expected);
});
