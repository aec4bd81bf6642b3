/**
 * Which condition was a mailbox in, and when? Returns the spans whose durations `availability.ts` adds up. Pure. Used
 * for pages that draw the spans of one mailbox.
 */
import type { Condition, ConditionSpan } from '../model/availability.ts';
import { selects } from '../model/maintenance.ts';
import type { Span } from '../model/past.ts';
import { segmentsOf, type Watch, type WatchedMailbox } from './availability.ts';
import { measure, union } from './spans.ts';

/** Returns spans that cover the whole window. Neighboring spans of the same condition are joined. */
export function conditionsOf(
  window: Span,
  { sessions, maintenance }: Watch,
  mailbox: Omit<WatchedMailbox, 'incidents'>,
): readonly ConditionSpan[] {
  const segments = segmentsOf(mailbox.targets, window);
  const watched = union(sessions, window);
  const muted = union(
    maintenance
      .filter((one) => selects(one, { ...mailbox, id: mailbox.mailbox }))
      .map(({ from, until = window.until }) => ({ from, until })),
    window,
  );
  const bounds = [window.from, window.until];
  for (const { from, until } of [...segments, ...watched, ...muted]) bounds.push(from, until);
  const inOrder = [...new Set(bounds)].sort((a, b) => a - b);
  const [isWatched, isMuted] = [measure(watched), measure(muted)];

  const spans: ConditionSpan[] = [];
  let segment = 0;
  for (const [at, from] of inOrder.entries()) {
    const until = inOrder[at + 1];
    if (until === undefined) break;
    while ((segments[segment]?.until ?? Number.POSITIVE_INFINITY) <= from) segment += 1;
    const state = segments[segment]?.state ?? 'removed';
    const condition: Condition =
      state === 'removed' || isWatched(from, until) === 0
        ? 'not-watched'
        : isMuted(from, until) > 0
          ? 'maintenance'
          : state;
    const last = spans.at(-1);
    if (last?.condition === condition) spans[spans.length - 1] = { ...last, until };
    else spans.push({ from, until, condition });
  }
  return spans;
}
