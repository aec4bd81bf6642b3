/**
 * Records which mailboxes an incident affects, and when. A span begins when a mailbox becomes affected, and ends when
 * the mailbox is no longer affected. If the mailbox becomes affected again within an hour, the span continues.
 * Otherwise a new span begins.
 */
import type { AffectedMailbox } from '../model/incident.ts';

/** If a fault begins again at most this long after its end, it counts as the same fault. */
export const COMES_BACK_WITHIN_MS = 3_600_000;

export interface Turns {
  /** When the mailbox began to be affected. */
  readonly joinedAt: (mailbox: string) => number;
  /** When the mailbox ceased to be affected. */
  readonly leftAt: (mailbox: string) => number;
}

/**
 * Ends the spans of mailboxes that are no longer in `present`, and begins or continues the spans of the others. Returns
 * the same array if nothing changed. `before` and `present` must be sorted, so that one pass over both is enough: an
 * incident of ten thousand mailboxes changes every second while it grows.
 */
export function affectedAfter(
  before: readonly AffectedMailbox[],
  present: readonly string[],
  turns: Turns,
): readonly AffectedMailbox[] {
  const after: AffectedMailbox[] = [];
  let at = 0;
  let isChanged = false;
  let isInOrder = true;
  /**
   * Handles the span at `at`, and moves on to the next one. The latest span of a mailbox is the last one with its id.
   */
  const pass = (span: AffectedMailbox, isPresent: boolean): void => {
    at += 1;
    const isLatest = before[at]?.id !== span.id;
    if (!isLatest || (span.until === undefined) === isPresent) {
      after.push(span);
      return;
    }
    isChanged = true;
    const next = isPresent ? begunAgain(span, turns) : [ended(span, turns)];
    // If the clock was set back, the new span may begin before an earlier one.
    if (next.length > 1) isInOrder = false;
    after.push(...next);
  };
  for (const id of present) {
    for (let span = before[at]; span !== undefined && span.id < id; span = before[at]) pass(span, false);
    if (before[at]?.id !== id) {
      isChanged = true;
      after.push({ id, since: turns.joinedAt(id) });
    }
    for (let span = before[at]; span?.id === id; span = before[at]) pass(span, true);
  }
  for (let span = before[at]; span !== undefined; span = before[at]) pass(span, false);
  if (!isChanged) return before;
  return isInOrder ? after : sortedById(after);
}

function ended(span: AffectedMailbox, { leftAt }: Turns): AffectedMailbox {
  return { ...span, until: Math.max(span.since, leftAt(span.id)) };
}

function begunAgain(span: AffectedMailbox, { joinedAt }: Turns): readonly AffectedMailbox[] {
  const { id, since, until } = span;
  const again = joinedAt(id);
  if (isWithinHour(until ?? again, again)) return [{ id, since }];
  return [span, { id, since: again }];
}

function inOrder(a: AffectedMailbox, b: AffectedMailbox): number {
  return (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) || a.since - b.since;
}

export function sortedById(spans: readonly AffectedMailbox[]): readonly AffectedMailbox[] {
  return spans.toSorted(inOrder);
}

/** Whether the times are at most an hour apart. The order does not matter, because the clock may have been set back. */
export function isWithinHour(earlier: number, later: number): boolean {
  return Math.abs(later - earlier) <= COMES_BACK_WITHIN_MS;
}

export function affectedNow(spans: readonly AffectedMailbox[]): readonly string[] {
  return spans.flatMap(({ id, until }) => (until === undefined ? [id] : []));
}

export function countAffected(spans: readonly AffectedMailbox[]): number {
  let count = 0;
  for (const { until } of spans) if (until === undefined) count += 1;
  return count;
}

/** Whether a mailbox that is affected in `after` was not affected in `before`. Both are sorted by id. */
export function hasJoined(before: readonly AffectedMailbox[], after: readonly AffectedMailbox[]): boolean {
  let at = 0;
  for (const span of after) {
    const { id, until } = span;
    for (let known = before[at]; known !== undefined && known.id < id; known = before[at]) at += 1;
    if (until !== undefined || before[at] === span) continue;
    let isKnown = false;
    for (let of = at; before[of]?.id === id; of += 1) isKnown ||= before[of]?.until === undefined;
    if (!isKnown) return true;
  }
  return false;
}
