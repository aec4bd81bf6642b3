import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { untrustedText } from '../../src/model/untrusted-text.ts';
import { createRedactor } from '../../src/model/redactor.ts';

const SECRET = 'canary with "odd" characters, so that it is known only as a whole: 0123456789';
const TOKEN = `opaque.${'canaryTOKEN0123456789abcdefghijklmnop'.repeat(8)}`;

const redactor = createRedactor();
redactor.add(SECRET);
redactor.add(TOKEN);

test('a text is shown on one line and to its limit', () => {
  expect(untrustedText('a\r\nb', redactor)).toBe('a b');
  expect(untrustedText('x'.repeat(100_000), redactor, 100)).toBe(`${'x'.repeat(99)}…`);
});

test.each([60, 100, 500, 2000])(
  'wherever a long text is cut for the limit %d, no part of a secret is left',
  (limit) => {
    for (const secret of [SECRET, TOKEN]) {
      // Blanks shrink, so that what stands at the cut is shown.
      for (let before = 0; before < limit * 4 + 600; before += 7) {
        const text = `${' '.repeat(before)}${secret} ${'auth=a '.repeat(600)}`;
        expect(untrustedText(text, redactor, limit)).not.toContain('canary');
      }
    }
  },
);

test('a text of secrets alone is bounded too', () => {
  const shown = untrustedText('auth=a '.repeat(100_000), redactor, 60);
  expect(shown.length).toBeLessThanOrEqual(60);
});

test('an untrusted text is cut before it is redacted, everywhere', () => {
  const src = resolve(import.meta.dirname, '../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const strays = files.filter((path) =>
    /cleanText\(\s*\w*\.?redactor\.\w+\(/.test(readFileSync(resolve(src, path), 'utf8')),
  );
  expect(strays.filter((path) => !path.endsWith('untrusted-text.ts'))).toEqual([]);
});
