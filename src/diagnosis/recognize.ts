/**
 * Recognizes known phrases and signs in the text of a failure, and returns their ids. It runs once, before any rule is
 * evaluated. A probe only records the text, so a new phrase needs no change to the probe. Evidence from a pasted text
 * already holds the ids, because it does not hold the text itself.
 */
import type { TokenFacts } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
import type { PhraseId, SignId } from '../model/phrase-id.ts';
import { codeNumber, isTelling, mostSpecific } from '../vocabulary/aadsts.ts';
import { codeBySentence } from '../vocabulary/entra-messages.ts';
import { phrasesIn, together } from '../vocabulary/phrases.ts';
import { signsIn } from '../vocabulary/signs.ts';

export interface Ids {
  readonly phrases: ReadonlySet<PhraseId>;
  readonly signs: ReadonlySet<SignId>;
}

/** `around` holds other texts of the server that belong to the failure. */
export function idsOf(failure: Failure, around: readonly string[] = []): Ids {
  const { code, text, recognized } = failure;
  if (recognized !== undefined)
    return { phrases: together(recognized.phrases), signs: new Set(recognized.signs) };
  const combined = [code === undefined ? '' : `[${code}]`, text, ...around].join(' ');
  return { phrases: phrasesIn(combined), signs: new Set(signsIn(combined)) };
}

/**
 * Returns the most specific error code of Entra. Undefined if there is none. If the code has several causes or is
 * unknown, a known sentence in the text decides instead.
 */
export function entraCodeOf(failure: Failure, facts: TokenFacts): number | undefined {
  const own = codeNumber(failure.code);
  const members = [...(facts.errorCodes ?? []), ...(own === undefined ? [] : [own])];
  if (failure.recognized !== undefined) return mostSpecific(members);
  // Codes in the text count only if the facts hold none, because a text may just mention another code.
  const code = mostSpecific(members.length > 0 ? members : codesIn(failure.text));
  return code === undefined || isTelling(code) ? code : (codeBySentence(failure.text.toLowerCase()) ?? code);
}

function codesIn(text: string): readonly number[] {
  return [...text.matchAll(/AADSTS(\d{4,8})/gi)].map((match) => Number(match[1]));
}
