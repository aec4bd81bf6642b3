/**
 * Whole sentences of servers, systems and libraries. They contain the words that the other tables recognize. `explain`
 * quotes these sentences and not the pasted text, which may hold secrets. `{...}` stands for a value.
 * `transcript/identifiers.ts` decides whether the value may be shown.
 */
import sentences from './sentences.json' with { type: 'json' };

export const KNOWN_SENTENCES: readonly string[] = sentences;
