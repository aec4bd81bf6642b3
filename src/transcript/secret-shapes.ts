/**
 * Does a run of characters look like a secret? Base64, tokens, passwords, and what only resembles them: ids, dates,
 * hosts, paths. Asked by veil.ts, whose patterns find the places.
 */
import { MECHANISMS } from './secret-places.ts';

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const WHOLE_GUID = new RegExp(`^${GUID.source}$`, 'i');

export function mixes(text: string): boolean {
  return /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text);
}

/** Upper and lower case in no order that words have. Digits alone, hexadecimal and GUIDs are no base64. */
export function isRandom(text: string): boolean {
  const bare = text.replace(GUID, '');
  if (/^[0-9a-f-]*$/i.test(bare) || !/[A-Z]/.test(bare) || !/[a-z]/.test(bare)) return false;
  const words = bare.match(/[A-Z]?[a-z]{3,}/g) ?? [];
  return words.join('').length * 2 < bare.replace(/[^A-Za-z]/g, '').length;
}

/** Capitals and digits in turns are base64 of capitals; `AADSTS7000215` is none. */
export function isBase64(line: string): boolean {
  if (line.length < 12 && line.length % 4 !== 0 && !mixes(line)) return false;
  if (/^\d{8}T\d{4}/.test(line)) return false;
  if (isRandom(line)) return true;
  const isHex = /^[0-9a-f-]*$/i.test(line);
  const turns = line.match(/[A-Z]\d/gi)?.length ?? 0;
  return line.length % 4 === 0 && !isHex && !line.includes('-') && (line.endsWith('=') || turns >= 4);
}

/** A path has segments, and words in them. */
export function isLongSecret(run: string): boolean {
  const shortest = run.length >= 48 ? 8 : 28;
  return run
    .replace(GUID, '')
    .split(/\/|%[0-9A-F]{2}/i)
    .some((segment) => segment.length >= shortest && mixes(segment) && isRandom(segment));
}

/** `1.ApplicationImpersonation` is the first point of a list. */
export function isDottedToken(token: string): boolean {
  return token.split('.').some((part) => {
    if (isRandom(part)) return part.length >= 20 || (part.length >= 10 && mixes(part));
    return part.length >= 20 && (!/^[A-Za-z]+$/.test(part) || /[A-Z]{2}/.test(part));
  });
}

export function isCode(value: string): boolean {
  if (/^(?:[01]\.A|M\.[A-Z]\d)/.test(value)) return true;
  const irregular = isRandom(value) || (value.match(/\d/g)?.length ?? 0) >= 4;
  return value.length >= 16 && mixes(value) && irregular && !isHarmless(value);
}

/** Mechanisms are listed after AUTH, and servers say what became of one. */
export function isResponse(value: string): boolean {
  if (value === '=' || MECHANISMS.test(value)) return false;
  const rest = value.replace(/[A-Z]?[a-z]{2,}|[_-]/g, '');
  return /[\d+/=]/.test(value) || (rest !== '' && !/^[A-Z_-]+$/.test(value));
}

/** A sentence names many things behind the word secret: ids, codes, dates, hosts. */
export function looksSecret(value: string): boolean {
  const bare = value.replace(/^["'(]|["').,;:]{1,3}$/g, '');
  return bare.length >= 8 && /[\d~]/.test(bare) && !isHarmless(bare) && !/^\{|AADSTS\d|^HTTP\/\d/i.test(bare);
}

const HARMLESS: readonly RegExp[] = [
  WHOLE_GUID,
  /^-?\d{1,7}$/,
  /^\d{1,3}(?:\.\d{1,5}){1,3}(?::\d{1,5})?$/,
  /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:T[\d:.+Z-]*)?$/,
  // Addresses, hosts, URLs, and mailboxes as PHP writes them.
  /^[\w.+-]{1,64}@[a-z0-9.-]{3,100}$/i,
  /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,6}\.[a-z]{2,20}(?::\d{1,5})?$/,
  /^[a-z]{2,8}:\/\/[\w.:-]{1,200}(?:\/[\w./-]{0,200})?$/i,
  /^\{[\w.:/-]{1,120}\}[\w./ -]{0,60}$/,
  // Places in a program.
  /^[\w$.-]{1,80}\.[a-z]{1,5}:\d{1,6}$/i,
  /^(?:ssl|tls|starttls|imaps?|pop3s?|smtps?|inbox|xoauth2|oauthbearer|plain|login|oauth)$/i,
];

export function isHarmless(value: string): boolean {
  return HARMLESS.some((shape) => shape.test(value));
}
