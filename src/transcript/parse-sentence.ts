/**
 * Finds failed token requests that a pasted text reports without a code of Entra. The text then holds only a sentence
 * of Entra, a sentence of a library, or an HTTP status. `parse-token.ts` parses the codes.
 */
import type { Failure } from '../model/failure.ts';
import { SIGN_IN_HOSTS } from '../model/microsoft365.ts';
import { POLICY_REFUSALS, SENTENCES } from '../vocabulary/entra-messages.ts';
import { OPEN_TEXTS } from '../vocabulary/open-texts.ts';
import type { Finder, Place } from './finder.ts';
import { findStatement } from './statements.ts';
import { idsAt, NOTHING_MORE, parsedCode, parsedOpen, shown, type ParsedToken } from './parsed-token.ts';

/** Words that show that a text is about Entra. They are needed, because other services throttle and fail, too. */
const ENTRA_MESSAGES: readonly string[] = [
  ...SIGN_IN_HOSTS,
  'oauth2/v2.0/token',
  'oauth2/token',
  'msal',
  'azure',
  'azidentity',
  'adal',
  'clientcertificatecredential',
  'entra',
  'microsoft.identity',
  'mggraph',
  'token endpoint',
  'token request',
  'cannot fetch token',
];
const TOKEN_URL_PARTS: readonly string[] = [
  ...SIGN_IN_HOSTS,
  'login.windows.net',
  'oauth2/v2.0/token',
  'oauth2/token',
];
/** A URL belongs to an HTTP status if it is at most this many characters away from it. */
const STATUS_REACH = 400;
const THROTTLED: readonly string[] = ['too many requests', 'http 429', '429 too many', 'status code 429'];
const SERVER_ERRORS: readonly string[] = [
  '500 internal server error',
  '502 bad gateway',
  '503 service unavailable',
  '503 server error',
  '504 gateway time',
  'error 503',
  'status code 500',
  'status code 502',
  'status code 503',
  'status code 504',
];

/** Returns at most one failure. Empty if no sentence and no status is recognized. */
export function sentencesIn(finder: Finder): readonly ParsedToken[] {
  const found =
    sentenceOfEntra(finder) ??
    policyRefusalIn(finder) ??
    throttledIn(finder) ??
    openIn(finder) ??
    serverErrorIn(finder) ??
    earlyIn(finder);
  return found === undefined ? [] : [found];
}

export function isOfEntra({ has }: Finder): boolean {
  return ENTRA_MESSAGES.some(has);
}

function sentenceOfEntra(finder: Finder): ParsedToken | undefined {
  for (const [sentence, code] of SENTENCES) {
    const hit = finder.find([sentence]);
    if (hit !== undefined) return parsedCode(code, shown(finder, hit), idsAt(finder, hit.at));
  }
  return undefined;
}

function policyRefusalIn(finder: Finder): ParsedToken | undefined {
  for (const [code, ...words] of POLICY_REFUSALS) {
    const hit = finder.find(words);
    if (hit === undefined) continue;
    const text = shown(finder, hit);
    return { failure: { kind: 'rejected', code, text, recognized: NOTHING_MORE }, facts: {} };
  }
  return undefined;
}

function throttledIn(finder: Finder): ParsedToken | undefined {
  const hit = isOfEntra(finder) ? finder.find(THROTTLED) : undefined;
  return hit && withStatus(finder, hit, 429, 'throttled');
}

function serverErrorIn(finder: Finder): ParsedToken | undefined {
  for (const words of SERVER_ERRORS) {
    const hit = finder.places(words).find(({ at }) => {
      return namesTokenUrl(finder.lower.slice(Math.max(0, at - STATUS_REACH), at + STATUS_REACH));
    });
    const status = hit === undefined ? undefined : /\d{3}/.exec(words)?.[0];
    if (hit !== undefined && status !== undefined) return withStatus(finder, hit, Number(status), 'http');
  }
  return undefined;
}

function namesTokenUrl(text: string): boolean {
  return TOKEN_URL_PARTS.some((part) => text.includes(part));
}

function withStatus(finder: Finder, hit: Place, status: number, kind: Failure['kind']): ParsedToken {
  return {
    failure: { kind, status: String(status), text: shown(finder, hit), recognized: NOTHING_MORE },
    facts: { httpStatus: status },
  };
}

function openIn(finder: Finder): ParsedToken | undefined {
  for (const { words, pattern, ofEntra, causes, confidence, possibleIf = [] } of OPEN_TEXTS) {
    if (ofEntra === true && !isOfEntra(finder)) continue;
    const hit = findStatement(finder, words, pattern);
    if (hit === undefined) continue;
    const open = parsedOpen(shown(finder, hit), causes);
    return confidence === undefined || possibleIf.some(finder.has) ? open : { ...open, confidence };
  }
  return undefined;
}

function earlyIn(finder: Finder): ParsedToken | undefined {
  const hit = finder.find(['id token is not yet valid', 'cannot handle token prior to']);
  return (
    hit && {
      failure: {
        kind: 'claims',
        code: 'token-not-yet-valid',
        text: shown(finder, hit),
        recognized: NOTHING_MORE,
      },
      facts: {},
    }
  );
}
