/**
 * Whole sentences of servers, systems and libraries that contain what the other tables recognize. `explain` quotes
 * these sentences, never the pasted text. `{...}` stands for a value; `transcript/identifiers.ts` decides which values
 * may be shown.
 */
import sentences from './sentences.json' with { type: 'json' };

export const KNOWN_SENTENCES: readonly string[] = sentences;
