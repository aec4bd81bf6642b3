/**
 * Makes the words of a server fit for evidence: without secrets, on one line, bounded. Servers echo what they were
 * sent, and not always as it was sent: where the redactor's own forms are not enough, the words are read in other
 * ways too, and none of them is shown if one reading holds a secret. Called wherever `probe/` quotes a server.
 */
import { untrustedText } from '../model/untrusted-text.ts';
import type { Redactor } from '../model/redactor.ts';

const MARK = '[redacted]';
/** Too short to hold what the redactor recognises a value by. */
const SHORTEST = 16;
/** Base64 of base64 of a token was seen to be asked for; deeper is nobody's mistake. */
const DEEPEST = 2;
/** A token, in whatever form, is full of digits; what servers say of themselves has few. */
const WORTH_A_PROBE = /(?:\d\D*){4}/;
/** What was never encoded decodes to noise, which is not looked into. */
const READABLE = /[ -~]{16}/;

export function untrustedAnswer(text: string, redactor: Redactor, limit?: number): string {
  // Again after cleaning: taking out characters that are not seen can join the halves of a secret.
  const words = redactor.redact(untrustedText(text, redactor, limit));
  return words.length >= SHORTEST && holdsSecret(words, redactor, 0) ? MARK : words;
}

/** In the text itself nothing is left that the redactor knows; here it is taken apart. */
function holdsSecret(text: string, redactor: Redactor, depth: number): boolean {
  if (!WORTH_A_PROBE.test(text)) return false;
  const joined = unescaped(text).replace(/[^\w.~+/=-]+/g, '');
  if (joined.length < SHORTEST) return false;
  if (redactor.finds(joined) || redactor.finds(joined.split('').reverse().join(''))) return true;
  return decodings(joined).some((decoded) => {
    // UTF-16, of either order, is the text with a NUL in every other place.
    const plain = decoded.toString('latin1').replaceAll('\0', '');
    if (!READABLE.test(plain)) return false;
    return redactor.finds(plain) || (depth < DEEPEST && holdsSecret(plain, redactor, depth + 1));
  });
}

/** Numbers in the place of characters: of HTML, JSON, C, URLs and quoted-printable. */
function unescaped(text: string): string {
  const character = (digits: string, base: number): string => {
    const code = Number.parseInt(digits, base);
    return code <= 0xffff ? String.fromCharCode(code) : '';
  };
  return text
    .replace(/(?:&#x|\\u\{?|\\x|0x)([\da-f]{2,5})\}?;?/gi, (_, digits: string) => character(digits, 16))
    .replace(/[%=]([\da-f]{2})/gi, (_, digits: string) => character(digits, 16))
    .replace(/&#(\d{2,7});?/g, (_, digits: string) => character(digits, 10))
    .replace(/\\([0-7]{2,3})/g, (_, digits: string) => character(digits, 8));
}

/** Where an encoded run begins is lost in the joined text: each beginning is tried. */
function decodings(joined: string): readonly Buffer[] {
  const hex = (joined.match(/[\da-f]{32,}/gi) ?? []).flatMap((run) =>
    [0, 1].map((offset) => Buffer.from(run.slice(offset), 'hex')),
  );
  return [...hex, ...[0, 1, 2, 3].map((offset) => Buffer.from(joined.slice(offset), 'base64'))];
}
