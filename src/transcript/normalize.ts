/**
 * Removes what copying and forwarding add to a text: escapes of JSON (also nested) and of Python, HTML,
 * quoted-printable, the `>` of quoted mail, and terminal colors. Replaces typographic quotes and line ends of any kind
 * with plain ones. It reads the characters once, so that ten megabytes take a fraction of a second.
 */
import { entityAt, hexAt, tagEndAt } from './markup.ts';

const LONGEST = 32 * 1024 * 1024;
/** A part of a sentence in a query string, where plus signs replace blanks. */
const FORM_ENCODED = /[A-Za-z]\+[a-z]{2,14}\+[a-z]{2,14}\+[a-z]{2,14}/;

const NEWLINE = 10;
const BLANK = 32;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const BACKSLASH = 92;
/** `>` and `|`, which mark quoted mail at the beginning of a line. */
const QUOTING: ReadonlySet<number> = new Set([62, 124]);
const BLANKS: ReadonlySet<number> = new Set([9, 11, 12, BLANK, 0xa0, 0x3000, 0xfeff]);
/** Characters without width. */
const INVISIBLE: ReadonlySet<number> = new Set([0x200b, 0x200c, 0x200d, 0x2060, 0xad]);
/** The difference between a full-width character, which East Asian keyboards produce, and its ASCII character. */
const FULL_WIDTH = 0xff01 - 0x21;
/** Typographic quotes, quotes of Windows-1252, and accents that people type in place of quotes. */
const SINGLE: ReadonlySet<number> = new Set([0x2018, 0x2019, 0x201a, 0x201b, 0x91, 0x92, 0x60, 0xb4]);
const DOUBLE: ReadonlySet<number> = new Set([0x201c, 0x201d, 0x201e, 0x93, 0x94, 0xab, 0xbb]);

/** Unifies line ends and quotes, resolves escapes, and joins runs of blanks. Keeps capitals and words. */
export function normalize(raw: string): string {
  const text = raw.slice(0, LONGEST);
  const quotedPrintable = text.includes('=3D');
  const formEncoded = FORM_ENCODED.test(text);
  const out = new Uint16Array(text.length);
  let length = 0;

  const put = (code: number): void => {
    const before = length === 0 ? NEWLINE : out[length - 1];
    if (code === NEWLINE || code === 13) {
      if (before === BLANK) length -= 1;
      if (length > 0 && out[length - 1] !== NEWLINE) out[length++] = NEWLINE;
      return;
    }
    if (BLANKS.has(code)) {
      if (before !== BLANK && before !== NEWLINE) out[length++] = BLANK;
      return;
    }
    if (before === NEWLINE && QUOTING.has(code)) return;
    if (INVISIBLE.has(code)) return;
    if (SINGLE.has(code)) out[length++] = SINGLE_QUOTE;
    else if (DOUBLE.has(code)) out[length++] = DOUBLE_QUOTE;
    // U+0130 is the one character that becomes longer in lower case. Without it, offsets are the same in the text and
    // in its lower-case copy.
    else out[length++] = code === 0x130 ? 0x49 : code >= 0xff01 && code <= 0xff5e ? code - FULL_WIDTH : code;
  };

  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const next = at + 1;
    if (code === BACKSLASH) {
      at = unescape(text, at, put);
    } else if (code === 0x3d && quotedPrintable) {
      at = unquotePrintable(text, at, put);
    } else if (code === 0x2b && formEncoded) {
      put(BLANK);
      at = next;
    } else if (code === 0x25 && formEncoded) {
      const hex = hexAt(text, next, 2);
      put(hex ?? code);
      at = hex === undefined ? next : next + 2;
    } else if (code === 0x26) {
      const entity = entityAt(text, at);
      put(entity?.code ?? code);
      at = entity?.end ?? next;
    } else if (code === 0x3c) {
      const end = tagEndAt(text, at);
      put(end === undefined ? code : NEWLINE);
      at = end ?? next;
    } else if (code === 0x1b && text.charCodeAt(next) === 0x5b) {
      at = colorEnd(text, next + 1);
    } else {
      put(code);
      at = next;
    }
  }
  return unscramble(new TextDecoder('utf-16le').decode(out.subarray(0, length)));
}

/** UTF-8 that was decoded as Latin-1, byte by byte: `conexiÃ³n`. */
const SCRAMBLED = /[\u00c2-\u00f4][\u0080-\u00bf]{1,3}/g;

function unscramble(text: string): string {
  return text.replace(SCRAMBLED, (run) => {
    try {
      const bytes = Uint8Array.from(run, (character) => character.charCodeAt(0));
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      return run;
    }
  });
}

/**
 * Resolves an escape with any number of backslashes, because each level of JSON within JSON doubles them. Returns the
 * offset after the escape.
 */
function unescape(text: string, from: number, put: (code: number) => void): number {
  let at = from;
  while (text.charCodeAt(at) === BACKSLASH) at += 1;
  const kind = text.charAt(at).toLowerCase();
  if (kind === '"' || kind === "'" || kind === '/') return at;
  const digits = kind === 'u' ? 4 : kind === 'x' ? 2 : 0;
  const hex = digits === 0 ? undefined : hexAt(text, at + 1, digits);
  if (hex !== undefined) {
    put(hex);
    return at + 1 + digits;
  }
  // The text `\nAADSTS` begins with a line end. The text `C:\new` is a path, because a small letter follows the `n`.
  const word = /[a-z]/.test(text.charAt(at + 1)) && at - from === 1;
  if ((kind === 'r' || kind === 'n') && !word) {
    put(NEWLINE);
    return at + 1;
  }
  if (kind === 't' && !word) {
    put(BLANK);
    return at + 1;
  }
  put(BACKSLASH);
  return at;
}

/** Removes a soft line break, or resolves `=3D`. Returns the offset after it. All other escapes stay. */
function unquotePrintable(text: string, from: number, put: (code: number) => void): number {
  if (text.startsWith('\r\n', from + 1)) return from + 3;
  if (text.startsWith('\n', from + 1)) return from + 2;
  put(0x3d);
  return text.startsWith('3D', from + 1) ? from + 3 : from + 1;
}

function colorEnd(text: string, from: number): number {
  let at = from;
  while (at < from + 16 && /[0-9;]/.test(text.charAt(at))) at += 1;
  return at + 1;
}
