/**
 * Which targets could corroborate a failure? Keeps the targets of each app and protocol by what their last probe came
 * to, so that one of ten thousand siblings is found without a search. Fed by the store; read by `corroboration.ts`.
 */
import { targetKey, type Target } from '../model/target.ts';
import type { Mark } from './peers.ts';

export interface CandidateIndex {
  /** A target that is there with that outcome keeps its place. */
  readonly add: (target: Target, outcome: Mark['outcome']) => void;
  readonly remove: (target: Target, outcome: Mark['outcome']) => void;
  /** Other mailboxes of the app over the same protocol, whose last probe had that outcome. */
  readonly siblingsOf: (target: Target, outcome: Mark['outcome']) => Iterable<Target>;
}

export function createCandidateIndex(): CandidateIndex {
  const groups = new Map<string, Map<string, Target>>();

  return {
    add(target, outcome) {
      const key = groupOf(target, outcome);
      const group = groups.get(key) ?? new Map<string, Target>();
      groups.set(key, group);
      group.set(targetKey(target), target);
    },
    remove(target, outcome) {
      const key = groupOf(target, outcome);
      const group = groups.get(key);
      group?.delete(targetKey(target));
      if (group?.size === 0) groups.delete(key);
    },
    *siblingsOf(target, outcome) {
      for (const sibling of groups.get(groupOf(target, outcome))?.values() ?? [])
        if (sibling.mailbox.id !== target.mailbox.id) yield sibling;
    },
  };
}

function groupOf({ app, protocol }: Target, outcome: Mark['outcome']): string {
  return `${app.id} ${protocol} ${outcome}`;
}
