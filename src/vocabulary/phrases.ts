/**
 * The lines that mail front ends say, each with the pattern that recognizes it: in a failure of the probe and in
 * pasted text alike. Blanks in a pattern stand for any run of white space. Patterns are linear: no nested repeats.
 * Of two that fit, the earlier tells more.
 */
import { BESIDE_PHRASES } from './beside-phrases.ts';
import { GREETING_PHRASES } from './greeting-phrases.ts';
import { LOGIN_PHRASES } from './login-phrases.ts';
import { LOST_PHRASES } from './lost-phrases.ts';
import type { PhraseId } from '../model/phrase-id.ts';
import type { Phrase } from './phrase.ts';
import { SESSION_PHRASES } from './session-phrases.ts';
import { WRAPPED_PHRASES } from './wrapped-phrases.ts';

export type { PhraseId } from '../model/phrase-id.ts';
export type { Phrase } from './phrase.ts';

export const PHRASES: readonly Phrase[] = [
  ...GREETING_PHRASES,
  ...LOGIN_PHRASES,
  ...SESSION_PHRASES,
  ...WRAPPED_PHRASES,
  ...LOST_PHRASES,
  ...BESIDE_PHRASES,
];

const OWN_PHRASES = PHRASES.filter(({ pasted }) => pasted !== true);

/** The phrases that a text of a server holds. */
export function phrasesIn(text: string): ReadonlySet<PhraseId> {
  const flat = text.replace(/\s+/g, ' ');
  return together(OWN_PHRASES.filter((phrase) => phrase.pattern.test(flat)).map((phrase) => phrase.id));
}

/** Phrases that are said of one failure, as a set. */
export function together(ids: readonly PhraseId[]): ReadonlySet<PhraseId> {
  const all = new Set(ids);
  // A proxy takes a password from its client, and sends the token.
  if (all.has('xoauth2-attempted')) all.delete('password-mechanism');
  return all;
}
