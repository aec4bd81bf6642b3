/** The vocabulary of systems and libraries, entry by entry; what `explain` makes of whole texts stands elsewhere. */
import { describe, expect, test } from 'vitest';
import { normalize } from '../../src/transcript/normalize.ts';
import { SYSTEM_MESSAGES, type SystemMessages } from '../../src/vocabulary/system-messages.ts';
import { ORDINARY_LINES, SYSTEM_CASES } from '../cases/system-messages.ts';

function holds(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/\d$/.test(word) || !/^\d/.test(text.slice(at + word.length))) return true;
  }
  return false;
}

/** The first that fits: a proxy's before what the proxy met, weak ones last. */
function parsedIn(raw: string): SystemMessages | undefined {
  const text = normalize(raw).toLowerCase().replaceAll('\n', ' ');
  const fitting = SYSTEM_MESSAGES.filter(({ words }) => words.some((word) => holds(text, word)));
  const strong = fitting.filter(({ weak }) => weak !== true);
  return strong.find(({ kind }) => kind === 'proxy') ?? strong[0] ?? fitting[0];
}

describe('the words of systems and libraries', () => {
  test.each(SYSTEM_CASES)('$kind, $code: $name', ({ text, kind, code }) => {
    expect(parsedIn(text)).toMatchObject({ kind, code });
  });

  test.each(ORDINARY_LINES)('do not fit: %s', (line) => {
    expect(parsedIn(line)).toBeUndefined();
  });

  test('a handshake that is silent is not a connection that is', () => {
    expect(parsedIn('socket.timeout: The handshake operation timed out')?.at).toBe('tls');
    expect(parsedIn('[Errno 110] Connection timed out')?.at).toBe('connect');
  });

  test('are lower case, without blank runs or typographic quotes, and not too short', () => {
    const words = SYSTEM_MESSAGES.flatMap((entry) => entry.words);
    expect(words.filter((word) => word !== normalize(word).toLowerCase())).toEqual([]);
    expect(words.filter((word) => word.length < 5)).toEqual([]);
  });

  test('stand in one entry only', () => {
    const words = SYSTEM_MESSAGES.flatMap((entry) => entry.words);
    expect(words.filter((word, place) => words.indexOf(word) !== place)).toEqual([]);
  });
});
