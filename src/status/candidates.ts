/**
 * Groups targets by app, protocol and the outcome of their last probe. So `corroboration.ts` finds one of ten thousand
 * mailboxes of an app without a search. Updated by the status store.
 */
import { targetKey, type Target } from '../model/target.ts';
import type { Mark } from './peers.ts';

export interface CandidateIndex {
  /** Adds a target to the group of its outcome. A target that is in the group already keeps its position. */
  readonly add: (target: Target, outcome: Mark['outcome']) => void;
  readonly remove: (target: Target, outcome: Mark['outcome']) => void;
  /** Returns other mailboxes of the app over the same protocol whose last probe had this outcome. */
  readonly siblingsOf: (target: Target, outcome: Mark['outcome']) => Iterable<Target>;
}

/**
 * The targets of a group, and the position of each. If a target leaves, the last target takes its position, so that no
 * search is needed and no gap remains.
 */
interface Group {
  readonly targets: Target[];
  readonly places: Map<string, number>;
}

export function createCandidateIndex(): CandidateIndex {
  const groups = new Map<string, Group>();

  return {
    add(target, outcome) {
      const name = groupOf(target, outcome);
      const group = groups.get(name) ?? { targets: [], places: new Map<string, number>() };
      groups.set(name, group);
      const key = targetKey(target);
      const place = group.places.get(key) ?? group.targets.length;
      group.targets[place] = target;
      group.places.set(key, place);
    },
    remove(target, outcome) {
      const name = groupOf(target, outcome);
      const { targets, places } = groups.get(name) ?? { targets: [], places: new Map<string, number>() };
      const place = places.get(targetKey(target));
      const last = targets.at(-1);
      if (place === undefined || last === undefined) return;
      targets[place] = last;
      places.set(targetKey(last), place);
      targets.pop();
      places.delete(targetKey(target));
      if (targets.length === 0) groups.delete(name);
    },
    *siblingsOf(target, outcome) {
      for (const sibling of groups.get(groupOf(target, outcome))?.targets ?? [])
        if (sibling.mailbox.id !== target.mailbox.id) yield sibling;
    },
  };
}

function groupOf({ app, protocol }: Target, outcome: Mark['outcome']): string {
  return `${app.id} ${protocol} ${outcome}`;
}
