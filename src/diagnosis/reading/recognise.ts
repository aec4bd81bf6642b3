/**
 * What a pasted text says, in the terms of evidence: failures of the token leg, of the mail leg, and successes. The
 * words are those of `vocabulary/`, which judge the probe's own failures too.
 */
import type { Failure, StageName, TokenFacts } from '../../model/evidence.ts';
import type { Protocol } from '../../model/target.ts';
import { causesOfCut, isKnownCode, isTelling, mostSpecific } from '../vocabulary/aadsts.ts';
import { codeBySentence, OAUTH_ERRORS, SENTENCES } from '../vocabulary/entra-words.ts';
import { PHRASES, type Phrase } from '../vocabulary/phrases.ts';
import { excerpt, type Finder } from './finder.ts';
import { veil } from './veil.ts';

export interface HeardToken {
  readonly failure: Failure;
  readonly facts: TokenFacts;
  readonly place?: Place;
}

/** A host that a statement names. */
interface Place {
  readonly host: string;
  readonly port?: number;
}

export interface HeardMail {
  readonly stage: StageName;
  readonly failure: Failure;
  readonly protocol?: Protocol | undefined;
  readonly place?: Place;
}

const MOST_CODES = 6;
/** Every service throttles: only Entra's is meant. */
const ENTRA_WORDS: readonly string[] = [
  'login.microsoftonline',
  'login.windows',
  'login.partner.microsoftonline',
  'login.chinacloudapi',
  'oauth2/v2.0/token',
  'oauth2/token',
  'msal',
  'azure',
  'entra',
  'token endpoint',
  'token request',
];
/** How far behind its code a sentence of Entra may go. */
const REACH = 500;

/** Entra's codes, else its sentences, else OAuth's error names. */
export function tokenFailuresIn(finder: Finder): readonly HeardToken[] {
  const codes = codesIn(finder);
  if (codes.length > 0) {
    return codes.map(({ code, at, end }) => {
      if (end >= finder.text.length && causesOfCut(code).length > 1)
        return heardCut(code, excerpt(finder, at));
      const precise = isTelling(code) ? undefined : codeBySentence(finder.lower.slice(at, at + REACH));
      return heardCode(precise ?? code, veil(excerpt(finder, at)));
    });
  }
  for (const [sentence, code] of SENTENCES) {
    const hit = finder.find([sentence]);
    if (hit !== undefined) return [heardCode(code, veil(excerpt(finder, hit.at)))];
  }
  const throttled = finder.find(['too many requests', 'http 429', '429 too many', 'status code 429']);
  if (throttled !== undefined && ENTRA_WORDS.some((word) => finder.lower.includes(word)))
    return [
      {
        failure: { kind: 'throttled', status: '429', text: veil(excerpt(finder, throttled.at)) },
        facts: { httpStatus: 429 },
      },
    ];
  return oauthErrorsIn(finder);
}

interface CodePlace {
  readonly code: number;
  readonly at: number;
  /** Behind its digits. */
  readonly end: number;
}

function codesIn(finder: Finder): readonly CodePlace[] {
  const bare = /^\s*(?:error|code|aadsts)?\s?[#:]?\s?\(?(\d{5,8})\)?[.:]?\s*$/i.exec(
    finder.text.slice(0, 200),
  );
  if (bare?.[1] !== undefined && finder.text.length < 200 && isKnownCode(Number(bare[1])))
    return [{ code: Number(bare[1]), at: 0, end: finder.text.indexOf(bare[1]) + bare[1].length }];
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
  // The first place of each: that is where its sentence stands.
  const distinct = places.filter(({ code }, at) => places.findIndex((other) => other.code === code) === at);
  // An answer of the older kind carries a general code beside the one that tells.
  const general = new Set([70_002, 50_012, 70_000]);
  const telling = distinct.filter(({ code }) => !general.has(code) && isKnownCode(code));
  const best = mostSpecific(distinct.map(({ code }) => code));
  const chosen = telling.length > 0 ? telling : distinct.filter(({ code }) => code === best);
  return chosen.slice(0, MOST_CODES);
}

function match(finder: Finder, at: number, pattern: RegExp): readonly CodePlace[] {
  const found = pattern.exec(finder.text.slice(at, at + 120));
  const end = at + (found?.[0].length ?? 0);
  return (found?.[1]?.split(',') ?? []).map((code) => ({ code: Number(code), at, end }));
}

function heardCut(code: number, text: string): HeardToken {
  return { failure: { kind: 'rejected', code: `AADSTS${code}...`, text: veil(text) }, facts: {} };
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
    return hit === undefined || !isInPlace(phrase, finder)
      ? []
      : [{ phrase, at: hit.at, words: phrase.pattern.exec(hit.line)?.[0] ?? '' }];
  });
  const failures = hits.filter(({ phrase }) => phrase.beside !== true);
  const best = failures.find(({ phrase }) => phrase.weak !== true) ?? failures[0];
  if (best === undefined) return undefined;
  return {
    heard: {
      stage: best.phrase.stage,
      failure: failureOfPhrase(best.phrase, veil(excerpt(finder, best.at))),
      protocol: hits.find(({ phrase }) => phrase.protocol !== undefined)?.phrase.protocol,
    },
    words: hits.map(({ words }) => words).join(' ; '),
  };
}

function isInPlace({ needs, unless }: Phrase, { lower }: Finder): boolean {
  return (
    (needs?.some((word) => lower.includes(word)) ?? true) &&
    !(unless?.some((word) => lower.includes(word)) ?? false)
  );
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
