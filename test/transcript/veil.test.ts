/** What `explain` quotes as evidence holds no secret, and everything that tells. The lines stand in test/cases. */
import { describe, expect, test } from 'vitest';
import { veil } from '../../src/transcript/veil.ts';
import { HIDDEN, KEPT } from '../cases/secrets.ts';

describe('veil hides', () => {
  test.each(HIDDEN)('$name', ({ text, secret, says }) => {
    const veiled = veil(text);
    expect(veiled).not.toContain(secret);
    expect(veiled).not.toContain(secret.slice(0, 6));
    expect(veiled).not.toContain(secret.slice(-6));
    expect(veiled).toContain('[redacted]');
    expect(veiled).toContain(says ?? '');
  });

  test.each(HIDDEN)('$name, within a longer line', ({ text, secret }) => {
    const veiled = veil(
      `2024-05-01 10:00:00 INFO [main] ${text}\n2024-05-01 10:00:01 A2 BAD User is unknown.`,
      999,
    );
    expect(veiled).not.toContain(secret);
    expect(veiled).not.toContain(secret.slice(0, 6));
    expect(veiled).not.toContain(secret.slice(-6));
    expect(veiled).toContain('A2 BAD User is unknown.');
  });

  test.each(HIDDEN)('$name, and a second time changes nothing', ({ text }) => {
    expect(veil(veil(text))).toBe(veil(text));
  });
});

describe('veil keeps', () => {
  test.each(KEPT)('$name', ({ text }) => {
    expect(veil(text)).toBe(text);
  });
});

/** Where a pattern went back over what it has read, these would take minutes. */
describe('veil goes only once over', () => {
  test.each([
    'a',
    'Aa0',
    '"',
    '\\',
    '&',
    'password=',
    'password="',
    'password is ',
    'connect(',
    'login(a,"',
    '://a:',
    'A1 LOGIN a ',
    '-p ',
    '--',
    '<a',
  ])('a text of nothing but %j', (piece) => {
    expect(veil(piece.repeat(Math.ceil(200_000 / piece.length))).length).toBeLessThanOrEqual(300);
  });
});
