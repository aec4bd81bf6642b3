/**
 * What a failure says, as ids of the vocabulary: recognised once, before any rule is asked. A probe writes the
 * server's text verbatim and knows nothing of its meaning, so that a new phrase needs no new probe; a pasted text
 * brings its ids, because its text is no longer there.
 */
import type { Failure, TokenFacts } from '../model/evidence.ts';
import type { PhraseId, SignId } from '../model/phrase-id.ts';
import { codeNumber, isTelling, mostSpecific } from '../vocabulary/aadsts.ts';
import { codeBySentence } from '../vocabulary/entra-messages.ts';
import { phrasesIn, together } from '../vocabulary/phrases.ts';
import { signsIn } from '../vocabulary/signs.ts';

export interface Ids {
  readonly phrases: ReadonlySet<PhraseId>;
  readonly signs: ReadonlySet<SignId>;
}

/** `around`: other texts of the server that belong to the failure. */
export function idsOf(failure: Failure, around: readonly string[] = []): Ids {
  const { code, text, recognised } = failure;
  if (recognised !== undefined)
    return { phrases: together(recognised.phrases), signs: new Set(recognised.signs) };
  const words = [code === undefined ? '' : `[${code}]`, text, ...around].join(' ');
  return { phrases: phrasesIn(words), signs: new Set(signsIn(words)) };
}

/** Entra's code that tells most; a sentence says more than a code that says little. */
export function entraCodeOf(failure: Failure, facts: TokenFacts): number | undefined {
  const own = codeNumber(failure.code);
  const members = [...(facts.errorCodes ?? []), ...(own === undefined ? [] : [own])];
  if (failure.recognised !== undefined) return mostSpecific(members);
  // What stands in the text may be a mention of another.
  const code = mostSpecific(members.length > 0 ? members : codesIn(failure.text));
  return code === undefined || isTelling(code) ? code : (codeBySentence(failure.text.toLowerCase()) ?? code);
}

function codesIn(text: string): readonly number[] {
  return [...text.matchAll(/AADSTS(\d{4,8})/gi)].map((match) => Number(match[1]));
}
