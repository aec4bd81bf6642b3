/**
 * Whole sentences of servers, systems and libraries around what the other tables recognize: `explain` quotes from
 * them, never from the pasted text. `{...}` is the place of a value; `transcript/identifiers.ts` says which values may
 * be shown.
 */
import sentences from './sentences.json' with { type: 'json' };

export const KNOWN_SENTENCES: readonly string[] = sentences;
