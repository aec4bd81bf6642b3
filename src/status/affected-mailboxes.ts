/**
 * Records which mailboxes an incident affects, and when. A span begins when a mailbox becomes affected, and ends when
 * it no longer is. If the mailbox becomes affected again within an hour, the span continues. Otherwise a new span
 * begins.
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
 * Ends the spans of mailboxes that are no longer in `present`, and begins or continues those of the others. Returns the
 * same array if nothing changed.
 */
export function affectedAfter(
  before: readonly AffectedMailbox[],
  present: ReadonlySet<string>,
  { joinedAt, leftAt }: Turns,
): readonly AffectedMailbox[] {
  const latest = new Map(before.map((span) => [span.id, span]));
  const replaced = new Map<AffectedMailbox, AffectedMailbox>();
  const added: AffectedMailbox[] = [];
  for (const span of latest.values())
    if (span.until === undefined && !present.has(span.id))
      replaced.set(span, { ...span, until: Math.max(span.since, leftAt(span.id)) });
  for (const id of present) {
    const span = latest.get(id);
    if (span !== undefined && span.until === undefined) continue;
    const since = joinedAt(id);
    if (span?.until === undefined || !isWithinHour(span.until, since)) added.push({ id, since });
    else replaced.set(span, { id, since: span.since });
  }
  if (replaced.size + added.length === 0) return before;
  return [...before.map((span) => replaced.get(span) ?? span), ...added].sort(
    (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) || a.since - b.since,
  );
}

/** Whether the times are at most an hour apart. The order does not matter, because the clock may have been set back. */
export function isWithinHour(earlier: number, later: number): boolean {
  return Math.abs(later - earlier) <= COMES_BACK_WITHIN_MS;
}

export function affectedNow(spans: readonly AffectedMailbox[]): readonly string[] {
  return spans.flatMap(({ id, until }) => (until === undefined ? [id] : []));
}
