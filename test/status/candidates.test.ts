/** Siblings by what their last probe came to: the index against a list that is searched. */
import { expect, test } from 'vitest';
import { targetKey, type Target } from '../../src/model/target.ts';
import { createCandidateIndex } from '../../src/status/candidates.ts';
import { anApp, aTarget } from '../support/builders.ts';

const TARGETS = ['a', 'b', 'c', 'd', 'e', 'f'].flatMap((mailbox) => [
  aTarget({ mailbox }),
  aTarget({ mailbox, protocol: 'pop3' }),
  aTarget({ mailbox: `${mailbox}-crm`, app: anApp({ id: 'crm' }) }),
]);
const OUTCOMES = ['unknown', 'succeeded', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];

/** The same numbers for the same seed. */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % sides;
  };
}

test.each([1, 2, 3, 4, 5])(
  'after 400 random moves (seed %i) a sibling is found if a search finds it',
  (seed) => {
    const dice = createDice(seed);
    const index = createCandidateIndex();
    const known = new Map<Target, Outcome>();
    for (let move = 0; move < 400; move += 1) {
      const moved = TARGETS[dice(TARGETS.length)];
      const next = OUTCOMES[dice(OUTCOMES.length + 1)];
      if (moved === undefined) continue;
      const before = known.get(moved);
      if (before !== undefined) index.remove(moved, before);
      known.delete(moved);
      if (next === undefined) continue;
      index.add(moved, next);
      known.set(moved, next);
    }
    for (const target of TARGETS) {
      for (const outcome of OUTCOMES) {
        const searched = [...known].filter(
          ([{ app, protocol, mailbox }, is]) =>
            is === outcome &&
            app.id === target.app.id &&
            protocol === target.protocol &&
            mailbox.id !== target.mailbox.id,
        );
        expect([...index.siblingsOf(target, outcome)].map(targetKey).toSorted()).toEqual(
          searched.map(([sibling]) => targetKey(sibling)).toSorted(),
        );
      }
    }
  },
);
