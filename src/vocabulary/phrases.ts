/**
 * All phrases: the lines of mail servers and mail programs, each with a pattern. A blank in a pattern matches any run
 * of white space. Patterns have no nested repeats, so that they take linear time. If two phrases match, the earlier in
 * this list counts as more specific.
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

/** Returns the phrases in a text of a server. */
export function phrasesIn(text: string): ReadonlySet<PhraseId> {
  const flat = text.replace(/\s+/g, ' ');
  return together(OWN_PHRASES.filter((phrase) => phrase.pattern.test(flat)).map((phrase) => phrase.id));
}

/** Returns the phrases of one failure as a set, without those that another phrase contradicts. */
export function together(ids: readonly PhraseId[]): ReadonlySet<PhraseId> {
  const all = new Set(ids);
  // If both phrases occur, an XOAUTH2 proxy accepted a password from its client, and sent a token to the server.
  if (all.has('xoauth2-attempted')) all.delete('password-mechanism');
  return all;
}
