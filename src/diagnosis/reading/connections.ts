/**
 * Connections that did not come about, in a pasted text: what the system, the TLS library or the language said, and of
 * which leg.
 */
import type { Failure } from '../../model/evidence.ts';
import { SYSTEM_WORDS, type SystemWords } from '../vocabulary/system-words.ts';
import { excerpt, type Finder } from './finder.ts';
import { veil } from './veil.ts';

export interface HeardSystem {
  readonly words: SystemWords;
  readonly failure: Failure;
  readonly leg: 'token' | 'mail';
  readonly at: SystemWords['at'];
}

const TOKEN_HOST =
  /login\.(?:microsoftonline|windows|chinacloudapi|partner\.microsoftonline|live)\b|sts\.windows\.net|oauth2\/|openid-configuration|:443\b|msal/i;
const MAIL_HOST = /outlook[\w-]*\.|office365|imap|pop3|:99[35]\b|:143\b|:110\b/i;

/** `10.0.0.5:5432`: neither a mail port nor the token host's nor a proxy's. */
const ADDRESS_AND_PORT = /(?:\b\d{1,3}(?:\.\d{1,3}){3}|\blocalhost|\[::1\]):(\d{2,5})\b/g;
const OUR_PORTS: ReadonlySet<string> = new Set([
  '25',
  '80',
  '110',
  '143',
  '443',
  '465',
  '587',
  '993',
  '995',
  '3128',
  '8080',
]);
function isElsewhere(near: string): boolean {
  if (MAIL_HOST.test(near) || TOKEN_HOST.test(near)) return false;
  const ports = [...near.matchAll(ADDRESS_AND_PORT)].map((match) => match[1] ?? '');
  return ports.length > 0 && ports.every((port) => !OUR_PORTS.has(port));
}

/** What the system, the TLS library or the language said: one per leg and kind. */
export function systemFailuresIn(finder: Finder): readonly HeardSystem[] {
  const heard = SYSTEM_WORDS.flatMap((entry): readonly HeardSystem[] => {
    const hit = finder.find(entry.words);
    if (hit === undefined) return [];
    const text = excerpt(finder, hit.at);
    const near = finder.text.slice(Math.max(0, hit.at - 300), hit.at + 300);
    if (isElsewhere(near)) return [];
    const own = TOKEN_HOST.test(text) !== MAIL_HOST.test(text) ? text : near;
    const leg = TOKEN_HOST.test(own) && !MAIL_HOST.test(own) ? 'token' : 'mail';
    const shaking = /\b(?:ssl|tls|handshake)/i.test(near);
    const at = entry.code === 'ECONNRESET' && shaking ? 'tls' : entry.at;
    return [{ words: entry, leg, at, failure: { kind: entry.kind, code: entry.code, text: veil(text) } }];
  });
  return heard.filter(
    (one) =>
      one.words.weak !== true || !heard.some((other) => other.words.weak !== true && other.leg === one.leg),
  );
}
