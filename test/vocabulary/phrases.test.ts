/** The phrases that are data for probes and pasted text alike: an id without a phrase would never be recognized. */
import { expect, test } from 'vitest';
import { PHRASE_IDS } from '../../src/model/phrase-id.ts';
import { PHRASES } from '../../src/vocabulary/phrases.ts';

test('every phrase id has a phrase that recognizes it', () => {
  const recognized = new Set(PHRASES.map(({ id }) => id));
  expect(PHRASE_IDS.filter((id) => !recognized.has(id))).toEqual([]);
});
