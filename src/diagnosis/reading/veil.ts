/**
 * Nothing that could be a secret leaves with the evidence of a pasted text: what a name, a command, a call or a
 * protocol announces as one, what looks like one, and base64 that could hold one. Words, paths, names and ids stay,
 * as the evidence is worth nothing without them. The patterns stand in `secret-places`.
 */
import { cleanText } from '../../model/text.ts';
import * as places from './secret-places.ts';

const MARK = '[redacted]';
const LONGEST = 300;
/** Of a call's arguments. */
const REACH = 600;

const GUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const WHOLE_GUID = new RegExp(`^${GUID.source}$`, 'i');

export function veil(text: string, longest = LONGEST): string {
  return cleanText(
    STEPS.reduce((veiled, step) => step(veiled), text),
    longest,
  );
}

type Step = (text: string) => string;

/** The second group of the pattern goes, unless `isSecret` denies it. */
function hide(pattern: RegExp, isSecret: (value: string) => boolean = () => true): Step {
  return (text) =>
    text.replace(pattern, (whole: string, head: string, value: string) =>
      isSecret(value) ? head + marked(value) : whole,
    );
}

/** What comes first takes whole values; what looks at characters only comes last. */
const STEPS: readonly Step[] = [
  hide(places.PRIVATE_KEY),
  hide(places.COOKIE_HEADER),
  hide(places.COOKIE),
  hide(places.DIGEST),
  hide(places.AUTHORIZATION),
  hide(places.IN_MARKUP),
  hide(places.IN_FORM),
  hide(places.PIPED_SECURE_STRING),
  hide(places.SECURE_STRING),
  hide(places.SWITCH),
  hide(places.SWITCH_P),
  hide(places.SWITCH_P_JOINED),
  hide(places.SWITCH_USER),
  hide(places.USERINFO),
  hide(places.USERINFO_CUT),
  hide(places.USERINFO_ALONE, (value) => mixes(value)),
  hide(places.USERINFO_BARE),
  hide(places.ASSIGNED),
  hide(places.ASSIGNED_TOKEN),
  veilCalls,
  hide(places.INITIAL_RESPONSE, isResponse),
  veilLogins,
  hide(places.NETRC),
  hide(places.APOP),
  hide(places.PASS_LINE),
  hide(places.PASS),
  hide(places.PLAIN_DECODED),
  hide(places.SAID_QUOTED),
  hide(places.SAID_BARE, looksSecret),
  hide(places.BESIDE_ADDRESS, (value) => mixes(value) && looksSecret(value)),
  hide(places.SCHEME, (value) => /\d/.test(value) || isRandom(value)),
  hide(places.CODE, isCode),
  ...places.SHAPES.map(
    (shape): Step =>
      (text) =>
        text.replace(shape, MARK),
  ),
  (text) => text.replace(places.DOTTED_TOKEN, (token) => (isDottedToken(token) ? MARK : token)),
  hide(places.BASE64_LINE, isBase64),
  hide(places.BASE64_SENT, isBase64),
  hide(places.BASE64_LOGGED, isBase64),
  hide(places.BASE64_PADDED, (value) => value.length % 4 === 0 && isRandom(value)),
  hide(places.CUT_HEAD, (value) => isRandom(value) && mixes(value)),
  (text) => text.replace(places.LONG_RUN, (run) => (isLongSecret(run) ? MARK : run)),
];

/** The quotes, and the `@` behind a password, stay. */
function marked(value: string): string {
  const [open = '', escapes = '', quote = ''] = /^[bruf]{0,2}(\\{0,4})(["'])/i.exec(value) ?? [];
  const close = escapes + quote;
  if (open !== '') return open + MARK + (value.length > open.length && value.endsWith(close) ? close : '');
  return value.endsWith('@') ? `${MARK}@` : MARK;
}

function mixes(text: string): boolean {
  return /[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text);
}

/** Upper and lower case in no order that words have. Digits alone, hexadecimal and GUIDs are no base64. */
function isRandom(text: string): boolean {
  const bare = text.replace(GUID, '');
  if (/^[0-9a-f-]*$/i.test(bare) || !/[A-Z]/.test(bare) || !/[a-z]/.test(bare)) return false;
  const words = bare.match(/[A-Z]?[a-z]{3,}/g) ?? [];
  return words.join('').length * 2 < bare.replace(/[^A-Za-z]/g, '').length;
}

/** Capitals and digits in turns are base64 of capitals; `AADSTS7000215` is none. */
function isBase64(line: string): boolean {
  if (line.length < 12 && line.length % 4 !== 0 && !mixes(line)) return false;
  if (/^\d{8}T\d{4}/.test(line)) return false;
  if (isRandom(line)) return true;
  const isHex = /^[0-9a-f-]*$/i.test(line);
  const turns = line.match(/[A-Z]\d/gi)?.length ?? 0;
  return line.length % 4 === 0 && !isHex && !line.includes('-') && (line.endsWith('=') || turns >= 4);
}

/** A path has segments, and words in them. */
function isLongSecret(run: string): boolean {
  const shortest = run.length >= 48 ? 8 : 28;
  return run
    .replace(GUID, '')
    .split(/\/|%[0-9A-F]{2}/i)
    .some((segment) => segment.length >= shortest && mixes(segment) && isRandom(segment));
}

/** `1.ApplicationImpersonation` is the first point of a list. */
function isDottedToken(token: string): boolean {
  return token.split('.').some((part) => {
    if (isRandom(part)) return part.length >= 20 || (part.length >= 10 && mixes(part));
    return part.length >= 20 && (!/^[A-Za-z]+$/.test(part) || /[A-Z]{2}/.test(part));
  });
}

function isCode(value: string): boolean {
  if (/^(?:[01]\.A|M\.[A-Z]\d)/.test(value)) return true;
  const irregular = isRandom(value) || (value.match(/\d/g)?.length ?? 0) >= 4;
  return value.length >= 16 && mixes(value) && irregular && !isHarmless(value);
}

/** Mechanisms are listed after AUTH, and servers say what became of one. */
function isResponse(value: string): boolean {
  if (value === '=' || places.MECHANISMS.test(value)) return false;
  const rest = value.replace(/[A-Z]?[a-z]{2,}|[_-]/g, '');
  return /[\d+/=]/.test(value) || (rest !== '' && !/^[A-Z_-]+$/.test(value));
}

/** A sentence names many things behind the word secret: ids, codes, dates, hosts. */
function looksSecret(value: string): boolean {
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

function isHarmless(value: string): boolean {
  return HARMLESS.some((shape) => shape.test(value));
}

const STATUS_WORDS =
  /^(?:fail(?:ed|ure|s)?|completed?|denied|disabled|rejected|refused|errors?|invalid|success(?:ful|fully)?|succeeded|commands?|is|was|has|not|attempts?|from|to|for|with|via|by|at|in|on|as|using|timed|ok|must|can(?:not)?|and|or|methods?|mechanisms?|aborted|authentication|page|screen|into|again|again,|request|requires?d?|name|names)[.,:;!]?["']?$/i;

/** In prose only what looks like a password goes; after a tag, or of capitals, whatever stands in its place. */
function veilLogins(text: string): string {
  return text.replace(
    places.LOGIN,
    (whole: string, tag: string | undefined, verb: string, user: string, blank: string, password: string) => {
      const quoted = /^["']/.test(password);
      if (STATUS_WORDS.test(user) || places.MECHANISMS.test(user) || places.MECHANISMS.test(password))
        return whole;
      const command = verb === 'LOGIN' || /^[A-Z]{1,8}\d{1,6}$/i.test(tag ?? '');
      if (!command && !quoted && !(/[\d!~#$%]/.test(password) && password.length >= 6)) return whole;
      return whole.slice(0, whole.length - password.length - blank.length) + blank + marked(password);
    },
  );
}

function veilCalls(text: string): string {
  let out = '';
  let from = 0;
  places.CALL.lastIndex = 0;
  for (let call = places.CALL.exec(text); call !== null; call = places.CALL.exec(text)) {
    const [opening, name = ''] = call;
    if (!places.TAKES_PASSWORD.test(name)) continue;
    const start = call.index + opening.length;
    const found = argumentsAt(text, start);
    const only = found.length === 1;
    for (const [index, { at, value }] of found.entries()) {
      const kept = index === 0 && !(only && (places.TAKES_ONLY_SECRET.test(name) || looksSecret(value)));
      if (kept || isOpenArgument(value)) continue;
      const named = /^\w{1,40}\s?=\s?/.exec(value)?.[0] ?? '';
      out += text.slice(from, at) + named + marked(value.slice(named.length));
      from = at + value.length;
    }
    const last = found.at(-1);
    places.CALL.lastIndex = last === undefined ? start : Math.max(start, last.at + last.value.length);
  }
  return out + text.slice(from);
}

/** Variables, types and what is harmless. What has a name of its own was judged by it. */
function isOpenArgument(value: string): boolean {
  const named = /^(\w{1,40})\s?=(?!=)\s?/.exec(value);
  if (named !== null) return !looksSecret(value.slice(named[0].length)) && !value.includes('=(');
  const bare = value.replace(/^["']|["']$/g, '');
  if (bare === '' || bare === MARK || isHarmless(bare) || /^\*+$/.test(bare)) return true;
  if (/^["']/.test(value)) return false;
  if (/^\([a-z]{2,20}-[a-z]/i.test(value) && value.includes(MARK)) return true;
  return (
    /^[$@&]?[a-z_][a-z_.$>\\-]{0,80}(?:\([a-z_.\\ ]{0,80}\))?$/i.test(value) ||
    /^(?:lambda )?[a-z]\w{0,40}(?:\[\])?:? [a-z]\w{0,40}$/i.test(value)
  );
}

interface Argument {
  readonly at: number;
  readonly value: string;
}

/** Up to the bracket that closes the call, or the end of the line. A quote closes only in front of a comma or bracket. */
function argumentsAt(text: string, start: number): readonly Argument[] {
  const line = text.slice(start, start + REACH).split('\n', 1)[0] ?? '';
  const found: Argument[] = [];
  let depth = 0;
  let begin = 0;
  let quote = '';
  const take = (end: number): void => {
    const raw = line.slice(begin, end);
    const value = raw.trim();
    if (value !== '') found.push({ at: start + begin + raw.indexOf(value), value });
    begin = end + 1;
  };
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote && /^\s?(?:[,)\]};]|$)/.test(line.slice(at + 1, at + 3))) quote = '';
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (character === '(' || character === '{' || character === '[') {
      depth += 1;
    } else if (character === ')' && depth === 0) {
      take(at);
      return found;
    } else if (character === ')' || character === '}' || character === ']') {
      depth = Math.max(0, depth - 1);
    } else if (character === ',' && depth === 0) {
      take(at);
    }
  }
  take(line.length);
  return found;
}
