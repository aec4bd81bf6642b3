/**
 * Makes a server's text safe for evidence: removes secrets, puts it on one line and limits its length. Servers echo
 * what they receive, perhaps encoded. So the text is also decoded in ways that the redactor does not know. If a decoded
 * text holds a secret, nothing of the text is shown. Used for texts of mail servers and the token endpoint, because
 * these receive secrets.
 */
import { untrustedText } from '../model/untrusted-text.ts';
import type { Redactor } from '../model/redactor.ts';

const MARK = '[redacted]';
/** The redactor recognizes a secret by pieces of this length. So a shorter text cannot hold a secret. */
const SHORTEST = 16;
/** A token that was encoded twice in base64 was seen in practice, but nothing deeper. */
const DEEPEST = 2;
/** A token has many digits in every encoding, and an ordinary message has few. */
const MANY_DIGITS = /(?:\d\D*){4}/;
/** Decoding a text that was never encoded gives noise, which does not match and is not searched. */
const READABLE = /[ -~]{16}/;

export function untrustedAnswer(text: string, redactor: Redactor, limit?: number): string {
  // Redact again after cleaning, because removing invisible characters can join two halves of a secret.
  const cleaned = redactor.redact(untrustedText(text, redactor, limit));
  return cleaned.length >= SHORTEST && holdsSecret(cleaned, redactor, 0) ? MARK : cleaned;
}

/** True if a decoded form of the text holds a secret. The text itself is already redacted. */
function holdsSecret(text: string, redactor: Redactor, depth: number): boolean {
  if (!MANY_DIGITS.test(text)) return false;
  const joined = unescaped(text).replace(/[^\w.~+/=-]+/g, '');
  if (joined.length < SHORTEST) return false;
  if (redactor.finds(joined) || redactor.finds(joined.split('').reverse().join(''))) return true;
  return decodings(joined).some((decoded) => {
    // UTF-16 has a NUL at every other position, in either byte order.
    const plain = decoded.toString('latin1').replaceAll('\0', '');
    if (!READABLE.test(plain)) return false;
    return redactor.finds(plain) || (depth < DEEPEST && holdsSecret(plain, redactor, depth + 1));
  });
}

/** Decodes character escapes of HTML, JSON, C, URLs and quoted-printable. */
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

/** The joined text does not show where an encoded part begins, so every offset is tried. */
function decodings(joined: string): readonly Buffer[] {
  const hex = (joined.match(/[\da-f]{32,}/gi) ?? []).flatMap((run) =>
    [0, 1].map((offset) => Buffer.from(run.slice(offset), 'hex')),
  );
  return [...hex, ...[0, 1, 2, 3].map((offset) => Buffer.from(joined.slice(offset), 'base64'))];
}
