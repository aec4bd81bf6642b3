/**
 * Nothing that could be a secret leaves with the evidence of a pasted text: what a name, a command, a call or a
 * protocol announces as one, what looks like one, and base64 that could hold one. Words, paths, names and ids stay,
 * as the evidence is worth nothing without them. The patterns stand in `secret-places`.
 */
import { cleanText } from '../model/text.ts';
import { argumentsAt } from './call-arguments.ts';
import * as places from './secret-places.ts';
import {
  isBase64,
  isCode,
  isDottedToken,
  isHarmless,
  isLongSecret,
  isRandom,
  isResponse,
  looksSecret,
  mixes,
} from './secret-shapes.ts';

const MARK = '[redacted]';
const LONGEST = 300;
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
