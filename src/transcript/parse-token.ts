/**
 * Finds failed token requests in a pasted text: Entra's codes and sentences, OAuth's error names, and errors that
 * libraries report before they send a request.
 */
import type { Failure } from '../model/failure.ts';
import { causesOfCut, isKnownCode, isSpecific, meaningOf, mostSpecific } from '../vocabulary/aadsts.ts';
import {
  codeBySentence,
  ENDPOINTS_UNREAD,
  OAUTH_ERRORS,
  OTHER_ISSUERS,
  USER_FLOW,
} from '../vocabulary/entra-messages.ts';
import type { Finder } from './finder.ts';
import { isOfEntra, sentencesIn } from './parse-sentence.ts';
import { idsAt, NOTHING_MORE, parsedCode, parsedOpen, shown, type ParsedToken } from './parsed-token.ts';
import { quote } from './quote.ts';

const MOST_CODES = 6;
/** A text of this length or less need not name Entra, because its sender probably pasted only the failure. */
const SHORT = 600;
/** A sentence of Entra ends at most this many characters after its code. */
const REACH = 500;

/**
 * Returns the failures that Entra's codes show. If there are no codes, returns those that sentences show, or else those
 * that OAuth's error names show.
 */
export function tokenFailuresIn(finder: Finder): readonly ParsedToken[] {
  const codes = codesIn(finder);
  if (codes.length > 0) return codes;
  const sentences = sentencesIn(finder);
  if (sentences.length > 0) return sentences;
  return oauthErrorsIn(finder);
}

/** Whether the text holds a complete `error_description` that is not Entra's. Entra's begin with AADSTS. */
function isDescribedByOthers(finder: Finder): boolean {
  const hit = finder.find(['error_description'], WHOLE_DESCRIPTION);
  return hit !== undefined && !finder.has('aadsts');
}

const WHOLE_DESCRIPTION = /error_description\\?["']?\s{0,3}(?::|=>|=)\s{0,3}\\?["'][^"'\\\n]{1,300}\\?["']/;

/**
 * Returns what may be shown of a code: the known sentence around it. If the text lacks the prefix AADSTS, returns only
 * the code.
 */
function shownCode({ text, lower }: Finder, { code, at }: CodePlace): string {
  const words = `aadsts${code}`;
  return lower.startsWith(words, at) ? quote(text, at, words) : words.toUpperCase();
}

interface CodePlace {
  readonly code: number;
  readonly at: number;
  /** The offset after its digits. */
  readonly end: number;
  /** True if the code stands in a JSON member or URL parameter that is made for codes. */
  readonly exact?: true;
}

/**
 * Returns the failures for the codes in the text. A code is stated if a sentence follows it, or if it stands in a
 * member made for codes. If there are stated codes, all other codes are only mentioned and do not count.
 */
function codesIn(finder: Finder): readonly ParsedToken[] {
  const places = codePlaces(finder);
  const stated = places.filter((place) => place.exact === true || isStated(finder, place));
  const kept = stated.length > 0 ? stated : places;
  const [first] = kept;
  if (first === undefined) return [];
  if (stated.length === 0 && isMention(finder, kept)) {
    const causes = kept.flatMap(({ code }) => meaningOf(code)?.cause ?? []);
    return [parsedOpen(shownCode(finder, first), [...new Set(causes)])];
  }
  return kept.map((place) => {
    const begun = place.end >= finder.text.length ? causesOfCut(place.code) : [];
    if (begun.length > 1) return parsedOpen(shownCode(finder, place), begun);
    return parsedCode(
      sentenceAt(finder, place) ?? place.code,
      shownCode(finder, place),
      idsAt(finder, place.at),
    );
  });
}

/** Whether a sentence follows the code: `AADSTS7000222: The provided ...`, with any separator. */
function isStated(finder: Finder, place: CodePlace): boolean {
  const after = finder.text.slice(place.end, place.end + 12);
  return /^['"\])*]{0,3}\s?[:.-]\s?['"]?[A-Za-z]{2,}/.test(after) || sentenceAt(finder, place) !== undefined;
}

/**
 * Whether the text is about codes in general and reports no failure. Such a text holds codes with different causes, or
 * a code in a pattern such as `AADSTS50012|AADSTS70002`.
 */
function isMention({ text }: Finder, places: readonly CodePlace[]): boolean {
  const causes = new Set(places.map(({ code }) => meaningOf(code)?.cause ?? code));
  const inPattern = places.some(
    ({ at, end }) => /[/|]/.test(text.charAt(at - 1)) || /[/|]/.test(text.charAt(end)),
  );
  return causes.size > 1 || inPattern;
}

/**
 * Returns the code that Entra prints with the sentence between this code and the next code. Undefined if there is no
 * such sentence.
 */
function sentenceAt(finder: Finder, { at, end }: CodePlace): number | undefined {
  const next = finder.lower.indexOf('aadsts', end);
  return codeBySentence(finder.lower.slice(at, Math.min(next < 0 ? at + REACH : next, at + REACH)));
}

const CODE_FORMS: readonly { readonly hint: string; readonly pattern: RegExp; readonly exact?: true }[] = [
  { hint: 'aadsts', pattern: /^aadsts[ :-]?(\d{4,8})/i },
  {
    hint: 'error_codes',
    pattern: /^error_codes['"]?\s?[:=]\s?\[?\s?(\d{4,8}(?:\s?,\s?\d{4,8}){0,4})/i,
    exact: true,
  },
  { hint: 'error(s): ', pattern: /^error\(s\): (\d{4,8})/i, exact: true },
  { hint: 'error?code=', pattern: /^error\?code=(\d{4,8})/i, exact: true },
];

function codePlaces(finder: Finder): readonly CodePlace[] {
  const bare = /^\s*(?:error|code|aadsts)?\s?[#:]?\s?\(?(\d{5,8})\)?[.:]?\s*$/i.exec(
    finder.text.slice(0, 200),
  );
  if (bare?.[1] !== undefined && finder.text.length < 200 && isKnownCode(Number(bare[1])))
    return [{ code: Number(bare[1]), at: 0, end: finder.text.indexOf(bare[1]) + bare[1].length }];
  const places = CODE_FORMS.flatMap(({ hint, pattern, exact }) =>
    finder.places(hint).flatMap(({ at }) => match(finder, at, pattern, exact)),
  );
  // Only the first occurrence of each code counts, because only the first is followed by the sentence.
  const distinct = places.filter(({ code }, at) => places.findIndex((other) => other.code === code) === at);
  // Older answers carry a generic code in addition to the specific one.
  const specific = distinct.filter(({ code }) => isSpecific(code));
  const best = mostSpecific(distinct.map(({ code }) => code));
  const chosen = specific.length > 0 ? specific : distinct.filter(({ code }) => code === best);
  return chosen.slice(0, MOST_CODES);
}

function match(finder: Finder, at: number, pattern: RegExp, exact?: true): readonly CodePlace[] {
  const found = pattern.exec(finder.text.slice(at, at + 120));
  const end = at + (found?.[0].length ?? 0);
  const more = exact === true ? { exact } : {};
  return (found?.[1]?.split(',') ?? []).map((code) => Object.assign({ code: Number(code), at, end }, more));
}

function oauthErrorsIn(finder: Finder): readonly ParsedToken[] {
  const tenant = finder.find(['missing_tenant_id_error', 'missing_tenant_id']);
  if (tenant !== undefined) {
    const text = shown(finder, tenant);
    const failure: Failure = {
      kind: 'rejected',
      code: 'missing_tenant_id_error',
      text,
      recognized: { phrases: [], signs: ['no-tenant'] },
    };
    return [{ failure, facts: {} }];
  }
  const unread = finder.find(['endpoints_resolution_error', 'openid_config_error']);
  if (unread !== undefined) return [parsedOpen(shown(finder, unread), ENDPOINTS_UNREAD)];
  // Every token issuer uses OAuth's error names, so a long text must also name Entra.
  if (OTHER_ISSUERS.some(finder.has)) return [];
  if (!isOfEntra(finder) && (finder.text.length > SHORT || isDescribedByOthers(finder))) return [];
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
        {
          failure: { kind: 'rejected', code: error, text: shown(finder, hit), recognized: NOTHING_MORE },
          facts: { error },
        },
      ];
  }
  const noToken = finder.find(["keyerror: 'access_token'", 'keyerror: "access_token"']);
  return noToken === undefined
    ? []
    : [{ failure: { kind: 'rejected', text: shown(finder, noToken), recognized: NOTHING_MORE }, facts: {} }];
}

/** Whether the text is about a sign-in in which a user takes part. */
export function isUserFlow({ has }: Finder): boolean {
  return USER_FLOW.some(has);
}
