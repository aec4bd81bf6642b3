/**
 * Reports which problems opened, grew, shrank, changed or closed since the last call. Only problems whose findings
 * changed are compared. The result decides which problems are stored, sent and published.
 */
import type { Problem, ProblemChange } from '../model/status.ts';
import { hasSameContent } from '../model/same-content.ts';
import type { ProblemIndex } from './problem-index.ts';

export interface ProblemNews {
  /** `isHidden` returns whether a problem must not be shown at present, although findings report it. */
  readonly take: (now: number, isHidden: (problem: Problem) => boolean) => readonly ProblemChange[];
}

export function createProblemNews({
  takeTouched,
  problem,
}: Pick<ProblemIndex, 'takeTouched' | 'problem'>): ProblemNews {
  /** The problems as they were last announced. */
  const announced = new Map<string, Problem>();
  /** The problems that are hidden at present. They are checked again at every call. */
  let hidden: readonly string[] = [];

  return {
    take(now, isHidden) {
      const turned = [...announced.values()].filter(isHidden).map(({ id }) => id);
      const ids = new Set([...takeTouched(), ...hidden, ...turned]);
      const nowHidden: string[] = [];
      const changes: ProblemChange[] = [];
      for (const id of ids) {
        const reported = problem(id);
        const isShown = reported !== undefined && !isHidden(reported);
        if (reported !== undefined && !isShown) nowHidden.push(id);
        const after = isShown ? reported : undefined;
        const change = changeOf(announced.get(id), after, now);
        if (change !== undefined) changes.push(change);
        if (after === undefined) announced.delete(id);
        else announced.set(id, after);
      }
      hidden = nowHidden;
      return changes;
    },
  };
}

/** Returns undefined if no shown member has changed. */
function changeOf(
  before: Problem | undefined,
  after: Problem | undefined,
  at: number,
): ProblemChange | undefined {
  if (after === undefined) return before && { kind: 'closed', at, before };
  if (before === undefined) return { kind: 'opened', at, after };
  const kind = kindOf(before, after);
  return kind && { kind, at, before, after };
}

function kindOf(before: Problem, after: Problem): 'grew' | 'shrank' | 'changed' | undefined {
  if (before === after) return undefined;
  const joined = hasOthers(after.affectedMailboxes, before.affectedMailboxes);
  const left = hasOthers(before.affectedMailboxes, after.affectedMailboxes);
  if (readsOtherwise(before, after) || (joined && left)) return 'changed';
  if (joined) return 'grew';
  return left ? 'shrank' : undefined;
}

/** Whether `ids` holds an id that is not in `known`. Both are sorted. */
function hasOthers(ids: readonly string[], known: readonly string[]): boolean {
  if (ids === known) return false;
  let at = 0;
  for (const id of ids) {
    for (let next = known[at]; next !== undefined && next < id; next = known[at]) at += 1;
    if (known[at] !== id) return true;
  }
  return false;
}

/** Whether the diagnosis differs in what people read. Evidence is left out, because it differs at each probe. */
function readsOtherwise(a: Problem, b: Problem): boolean {
  return !hasSameContent(verdictOf(a), verdictOf(b));
}

function verdictOf({ severity, confidence, owner, causeDetail, title, fix }: Problem): readonly unknown[] {
  return [severity, confidence, owner, causeDetail, title, fix];
}
