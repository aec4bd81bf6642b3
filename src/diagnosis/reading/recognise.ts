/**
 * What a pasted text says, in the terms of evidence: failures of the token leg, of the mail leg, and successes. The
 * words are those of `vocabulary/`, which judge the probe's own failures too.
 */
import type { Failure, StageName, TokenFacts } from '../../model/evidence.ts';
import type { Protocol } from '../../model/target.ts';
import { isKnownCode, mostSpecific } from '../vocabulary/aadsts.ts';
import { OAUTH_ERRORS, SENTENCES } from '../vocabulary/entra-words.ts';
import { PHRASES, type Phrase } from '../vocabulary/phrases.ts';
import { SYSTEM_WORDS, type SystemWords } from '../vocabulary/system-words.ts';
import { lineAt, type Finder } from './finder.ts';
import { veil } from './veil.ts';

export interface HeardToken {
  readonly failure: Failure;
  readonly facts: TokenFacts;
}

export interface HeardMail {
  readonly stage: StageName;
  readonly failure: Failure;
  readonly protocol?: Protocol | undefined;
}

const MOST_CODES = 6;

/** Entra's codes, else its sentences, else OAuth's error names. */
export function tokenFailuresIn(finder: Finder): readonly HeardToken[] {
  const codes = codesIn(finder);
  if (codes.length > 0) return codes.map(({ code, at }) => heardCode(code, veil(excerpt(finder, at))));
  for (const [sentence, code] of SENTENCES) {
    const hit = finder.find([sentence]);
    if (hit !== undefined) return [heardCode(code, veil(excerpt(finder, hit.at)))];
  }
  const throttled = finder.find(['too many requests', 'http 429', '429 too many', 'status code 429']);
  if (throttled !== undefined)
    return [
      {
        failure: { kind: 'throttled', status: '429', text: veil(excerpt(finder, throttled.at)) },
        facts: { httpStatus: 429 },
      },
    ];
  return oauthErrorsIn(finder);
}

function codesIn(finder: Finder): readonly { readonly code: number; readonly at: number }[] {
  const bare = /^\s*(?:error|code|aadsts)?\s?[#:]?\s?\(?(\d{5,8})\)?[.:]?\s*$/i.exec(
    finder.text.slice(0, 200),
  );
  if (bare?.[1] !== undefined && finder.text.length < 200 && isKnownCode(Number(bare[1])))
    return [{ code: Number(bare[1]), at: 0 }];
  const places = [
    ...finder.places('aadsts').flatMap(({ at }) => match(finder, at, /^aadsts[ :-]?(\d{4,8})/i)),
    ...finder
      .places('error_codes')
      .flatMap(({ at }) =>
        match(finder, at, /^error_codes['"]?\s?[:=]\s?\[?\s?(\d{4,8}(?:\s?,\s?\d{4,8}){0,4})/i),
      ),
    ...finder.places('error(s): ').flatMap(({ at }) => match(finder, at, /^error\(s\): (\d{4,8})/i)),
    ...finder.places('error?code=').flatMap(({ at }) => match(finder, at, /^error\?code=(\d{4,8})/i)),
  ];
  const distinct = [...new Map(places.map((place) => [place.code, place])).values()];
  // An answer of the older kind carries a general code beside the one that tells.
  const general = new Set([70_002, 50_012, 70_000]);
  const telling = distinct.filter(({ code }) => !general.has(code) && isKnownCode(code));
  const best = mostSpecific(distinct.map(({ code }) => code));
  const chosen = telling.length > 0 ? telling : distinct.filter(({ code }) => code === best);
  return chosen.slice(0, MOST_CODES);
}

function match(
  finder: Finder,
  at: number,
  pattern: RegExp,
): readonly { readonly code: number; readonly at: number }[] {
  const digits = pattern.exec(finder.text.slice(at, at + 120))?.[1];
  return digits === undefined ? [] : digits.split(',').map((code) => ({ code: Number(code), at }));
}

function heardCode(code: number, text: string): HeardToken {
  return { failure: { kind: 'rejected', code: `AADSTS${code}`, text }, facts: { errorCodes: [code] } };
}

function oauthErrorsIn(finder: Finder): readonly HeardToken[] {
  const tenant = finder.find(['missing_tenant_id_error', 'missing_tenant_id']);
  if (tenant !== undefined) {
    return [
      {
        failure: {
          kind: 'rejected',
          code: 'missing_tenant_id_error',
          text: veil(excerpt(finder, tenant.at)),
        },
        facts: {},
      },
    ];
  }
  for (const error of [
    ...Object.keys(OAUTH_ERRORS),
    'temporarily_unavailable',
    'server_error',
    'invalid_grant',
  ]) {
    const hit = finder.find(
      [error],
      new RegExp(`(?:error|oauth|token|msal|^)\\W{0,6}(?:code)?\\W{0,4}${error}\\b|\\b${error}:`, 'i'),
    );
    if (hit !== undefined)
      return [
        { failure: { kind: 'rejected', code: error, text: veil(excerpt(finder, hit.at)) }, facts: { error } },
      ];
  }
  const noToken = finder.find(["keyerror: 'access_token'", 'keyerror: "access_token"']);
  return noToken === undefined
    ? []
    : [{ failure: { kind: 'rejected', text: veil(excerpt(finder, noToken.at)) }, facts: {} }];
}

/** The best of the mail servers' phrases, with the words of all of them in its wake. */
export function mailPhrasesIn(
  finder: Finder,
): { readonly heard: HeardMail; readonly words: string } | undefined {
  const hits = PHRASES.flatMap((phrase) => {
    const hit = finder.find(phrase.hints, phrase.pattern);
    return hit === undefined ? [] : [{ phrase, at: hit.at }];
  });
  const best = hits.find(({ phrase }) => phrase.weak !== true) ?? hits[0];
  if (best === undefined) return undefined;
  return {
    heard: {
      stage: best.phrase.stage,
      failure: failureOfPhrase(best.phrase, veil(excerpt(finder, best.at))),
      protocol: hits.find(({ phrase }) => phrase.protocol !== undefined)?.phrase.protocol,
    },
    words: hits.map(({ at }) => excerpt(finder, at)).join(' '),
  };
}

function failureOfPhrase(phrase: Phrase, text: string): Failure {
  const backOff = /Backoff Time: (\d{1,9}) milliseconds/i.exec(text)?.[1];
  const status = /(?:^|[\s"'])(NO|BAD|BYE|-ERR)\s/.exec(text)?.[1];
  return {
    kind: phrase.kind,
    ...(status === undefined ? {} : { status }),
    text,
    ...(backOff === undefined ? {} : { retryAfterSeconds: Math.round(Number(backOff) / 1000) }),
  };
}

export interface HeardSystem {
  readonly words: SystemWords;
  readonly failure: Failure;
  readonly leg: 'token' | 'mail';
  readonly at: SystemWords['at'];
}

const TOKEN_HOST =
  /login\.(?:microsoftonline|windows|chinacloudapi|partner\.microsoftonline|live)\b|sts\.windows\.net|oauth2\/|openid-configuration|:443\b|msal/i;
const MAIL_HOST = /outlook[\w-]*\.|office365|imap|pop3|:99[35]\b|:143\b|:110\b/i;

/** What the system, the TLS library or the language said: one per leg and kind. */
export function systemFailuresIn(finder: Finder): readonly HeardSystem[] {
  const heard = SYSTEM_WORDS.flatMap((entry): readonly HeardSystem[] => {
    const hit = finder.find(entry.words);
    if (hit === undefined) return [];
    const text = excerpt(finder, hit.at);
    const near = finder.text.slice(Math.max(0, hit.at - 300), hit.at + 300);
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

/** The line that says it, or, where a sentence is wrapped, its lines. */
function excerpt(finder: Finder, at: number): string {
  const line = lineAt(finder.text, at);
  return line.length >= 30
    ? line
    : finder.text
        .slice(Math.max(0, at - 20), at + 200)
        .split('\n')
        .slice(0, 3)
        .join(' ');
}

/** Protocols over which a mailbox opened in this text. */
export function successesIn(finder: Finder): readonly Protocol[] {
  const imap = finder.find(
    ['examine completed', 'select completed'],
    /OK (?:\[READ-\w{4,5}\] )?(?:EXAMINE|SELECT) completed/i,
  );
  const pop = finder.find(
    ['user successfully authenticated', 'user successfully logged on'],
    /\+OK User successfully/i,
  );
  return [
    ...(imap === undefined ? [] : (['imap'] as const)),
    ...(pop === undefined ? [] : (['pop3'] as const)),
  ];
}
