/** Commands are pasted into production tenants: whatever a name holds, it stays a name. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { quotePowerShell, quoteShell } from '../../src/diagnosis/fix/powershell.ts';
import { contextOf, evidenceOf } from '../cases/look-case.ts';
import { REFUSED_LOOKS } from '../cases/looks.ts';

describe('a PowerShell string', () => {
  test.each([
    ['an ordinary address', 'qms@contoso.example', "'qms@contoso.example'"],
    ['an apostrophe', "o'neil@contoso.example", "'o''neil@contoso.example'"],
    [
      'typographic quotes, which end a string as well',
      'a\u2018b\u2019c\u201Ad\u201Be',
      "'a\u2018\u2018b\u2019\u2019c\u201A\u201Ad\u201B\u201Be'",
    ],
    ['a subexpression', '$(Remove-Item /)', "'$(Remove-Item /)'"],
    ['a backtick and a semicolon', 'a`;b', "'a`;b'"],
    ['line ends and other control characters', 'a\r\nb\u0000c\u202Ed', "'abcd'"],
  ])('holds %s', (_name, text, quoted) => {
    expect(quotePowerShell(text)).toBe(quoted);
  });

  test('of an address with a quote stays closed in every command', () => {
    const address = "x'; Remove-Mailbox -Identity boss; '\u2019; Stop-Computer; \u2019@contoso.example";
    for (const look of REFUSED_LOOKS) {
      const hostile = { ...look, target: { ...look.target, address } };
      for (const { fix } of diagnose(evidenceOf(hostile), contextOf(hostile))) {
        for (const { command = '' } of fix) expect(outsideStrings(command)).not.toMatch(/Remove-|Stop-/);
      }
    }
  });
});

/** What is left of a command when its single-quoted strings are taken out, as PowerShell's tokenizer does it. */
function outsideStrings(command: string): string {
  const quotes = "'\u2018\u2019\u201A\u201B";
  let outside = '';
  let inside = false;
  for (let at = 0; at < command.length; at += 1) {
    const isQuote = quotes.includes(command.charAt(at));
    if (inside && isQuote && at + 1 < command.length && quotes.includes(command.charAt(at + 1))) at += 1;
    else if (isQuote) inside = !inside;
    else if (!inside) outside += command.charAt(at);
  }
  return outside;
}

test.each([
  ['a host', 'outlook.office365.com:993', 'outlook.office365.com:993'],
  ['a blank', 'a b', "'a b'"],
  ['a quote', "a'b", String.raw`'a'\''b'`],
  ['a substitution', '$(id)', "'$(id)'"],
])('a shell word holds %s', (_name, text, quoted) => {
  expect(quoteShell(text)).toBe(quoted);
});
