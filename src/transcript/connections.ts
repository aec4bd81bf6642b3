/**
 * Finds failed connections in a pasted text. For each, returns the recognized message, the host, and whether the
 * connection was for a token or for mail. A message that only wraps another one is not a failure of its own.
 */
import type { Failure } from '../model/failure.ts';
import { endpointName } from '../model/target.ts';
import { phrasesIn } from '../vocabulary/phrases.ts';
import { signsIn } from '../vocabulary/signs.ts';
import { SYSTEM_MESSAGES, type SystemMessages } from '../vocabulary/system-messages.ts';
import { excerpt, type Finder } from './finder.ts';
import { hostsIn, isAddress, isUnusualPort, isMailPort, portsIn, type NamedHost } from './hosts.ts';
import { quote } from './quote.ts';
import { statementsOf, withoutHelp } from './statements.ts';

export interface ParsedSystem {
  readonly words: SystemMessages;
  readonly failure: Failure;
  readonly leg: 'token' | 'mail';
  readonly at: SystemMessages['at'];
  /** The host that the statement names, if it names one. */
  readonly place?: { readonly host: string; readonly port?: number };
}

/** A statement consists of the matched words, and of this many characters before and after them. */
const REACH = 300;

const TOKEN_MESSAGES =
  /oauth2\/|openid-configuration|\bmsal\b|\badal\b|azure\.identity|azidentity|login\.microsoft|requesting oauth|connect-(?:azaccount|mggraph|exchangeonline|azuread)/i;
const MAIL_MESSAGES = /\bimap|\bpop3?\b|mailbox|outlook|office ?365|exchange/i;
/** Names of programs and services whose connections go neither to mail hosts nor to token hosts. */
const OTHER_SERVICES =
  /\b(?:redis|postgres\w*|psql|mysql|mariadb|mongo\w*|kafka|sqlstate|sql server|sqlite|ldaps?|docker|npm|yarn|pip|apt(?:-get)?|git|ssh|kubectl|cassandra|rabbitmq|amqp|elasticsearch|ftp)\b/i;
/** Words of advice that a program prints. Advice is not evidence. */
const ADVICE =
  /typically happens|usually (?:means|happens)|one or more of the following|(?:may|might|could) be (?:caused|due|behind|using|blocked)|if you(?:'re| are) (?:using|behind)|^\s*\d\. The server is using|please (?:check|make sure|add this certificate)/i;

interface Hit extends ParsedSystem {
  readonly where: number;
}

/**
 * Returns the failed connections to token hosts and to mail hosts. If one failure explains another, leaves out the
 * other.
 */
export function systemFailuresIn(finder: Finder): readonly ParsedSystem[] {
  const hits = SYSTEM_MESSAGES.flatMap((words): readonly Hit[] => {
    for (const { at, word } of words.words.flatMap((each) => statementsOf(finder, each))) {
      const hit = read(finder, words, at, word);
      if (hit !== undefined) return [hit];
    }
    return [];
  });
  return hits.filter(
    (one, at) =>
      !hits.some(
        (other, before) =>
          other !== one &&
          other.leg === one.leg &&
          (explains(other, one) || (before < at && isSame(other, one))),
      ),
  );
}

function read(finder: Finder, words: SystemMessages, at: number, word: string): Hit | undefined {
  const text = withoutHelp(excerpt(finder, at));
  if (ADVICE.test(text)) return undefined;
  const from = Math.max(0, at - REACH);
  const near = withoutHelp(finder.text.slice(from, at + REACH));
  if (near.charAt(at - from) === ' ') return undefined;
  const whose = words.at === 'http' ? serviceOfPage(finder) : serviceOfStatement(text, near, finder);
  if (whose === undefined) return undefined;
  const { leg, place } = whose;
  const shaking = /\b(?:ssl|tls|handshake)|curl: \(35\)/i.test(near);
  const stopped = words.code === 'ECONNRESET' && shaking ? 'tls' : words.at;
  return {
    words,
    where: at,
    leg,
    at: stopped,
    ...(place === undefined ? {} : { place }),
    failure: {
      kind: words.kind,
      code: words.code,
      text: withHost(quote(finder.text, at, word), place),
      recognized: { phrases: [...phrasesIn(text)], signs: signsIn(`${words.code} ${text}`) },
    },
  };
}

/** Adds the host of the failed connection if the quoted sentence does not name it. */
function withHost(quoted: string, place: ParsedSystem['place']): string {
  if (place === undefined || quoted.includes(place.host)) return quoted;
  const { host, port } = place;
  return `${quoted} (${port === undefined ? host : endpointName({ host, port })})`;
}

/**
 * Decides whether the page of a web filter replaced the answer to a token request. The hosts on such a page do not show
 * which host was requested. So a word of `ENTRA_WORDS` anywhere in the text decides. Undefined if there is none.
 */
function serviceOfPage({
  has,
}: Finder): { readonly leg: 'token'; readonly place?: ParsedSystem['place'] } | undefined {
  return ENTRA_WORDS.some(has) ? { leg: 'token' } : undefined;
}

const ENTRA_WORDS: readonly string[] = [
  'login.microsoftonline',
  'login.windows',
  'azure',
  'msal',
  'entra',
  'oauth2/',
];

/** Returns whether the statement concerns a token or mail, and its host. Undefined if the host serves neither. */
function serviceOfStatement(
  line: string,
  near: string,
  { has }: Finder,
): { readonly leg: 'token' | 'mail'; readonly place?: ParsedSystem['place'] } | undefined {
  const onLine = hostsIn(line);
  const hosts = onLine.length > 0 ? onLine : hostsIn(near);
  const ours = hosts.find(({ role }) => role === 'token' || role === 'mail');
  if (ours !== undefined) {
    // A statement may name other hosts besides the one that failed, such as a proxy.
    const leg = hosts.some(({ role }) => role === 'mail') && !TOKEN_MESSAGES.test(line) ? 'mail' : 'token';
    const own = hosts.find(({ role }) => role === leg);
    return { leg, ...(own === undefined ? {} : { place: placeOf(own) }) };
  }
  if (hosts.some(({ role }) => role === 'elsewhere')) return undefined;
  const ports = portsIn(line);
  if (ports.some(isMailPort)) return { leg: 'mail' };
  if (ports.length > 0 && ports.every(isUnusualPort)) return undefined;
  const isMail = MAIL_MESSAGES.test(near);
  const isToken = TOKEN_MESSAGES.test(near) || (!isMail && has('login.microsoftonline'));
  const named = hosts.find(({ host }) => !isAddress(host));
  if (named !== undefined)
    return isMail ? { leg: 'mail', place: placeOf(named) } : isToken ? { leg: 'token' } : undefined;
  if (OTHER_SERVICES.test(near) && !isMail && !isToken) return undefined;
  return { leg: isToken && !isMail ? 'token' : 'mail' };
}

export function placeOf({ host, port }: NamedHost): { readonly host: string; readonly port?: number } {
  return { host: host.replace(/^\[|\]$/g, ''), ...(port === undefined ? {} : { port }) };
}

/**
 * Whether both hits have the same kind and are close together, so that they report the same failure. `finer` comes
 * earlier in the table of messages, and so is more specific.
 */
function isSame(finer: Hit, other: Hit): boolean {
  return finer.words.kind === other.words.kind && Math.abs(finer.where - other.where) <= REACH;
}

/**
 * If a statement holds several messages, the one with the highest rank explains the others. For example, if a name does
 * not resolve, there is no address to connect to.
 */
const RANK: Readonly<Record<SystemMessages['at'], number>> = {
  dns: 3,
  tls: 2,
  http: 2,
  connect: 1,
  greeting: 0,
};

function explains(inner: Hit, outer: Hit): boolean {
  if (outer.words.weak === true && inner.words.weak !== true) return true;
  if (Math.abs(inner.where - outer.where) > REACH || inner.words.weak !== outer.words.weak) return false;
  return rankOf(inner) > rankOf(outer);
}

function rankOf({ words, at }: Hit): number {
  if (words.kind === 'proxy') return 4;
  // If the connection was reset, the reset explains why the handshake failed.
  return words.kind === 'reset' && at === 'tls' ? RANK.tls + 0.5 : RANK[at];
}
