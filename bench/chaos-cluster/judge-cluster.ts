/** What the tenant and the database saw, held against each other. Pure. Used by `run-cluster.ts`. */
import type { Holding } from './audit.ts';
import { appOf } from './cluster-world.ts';
import type { LoggedResult, LostRight } from './replica-log.ts';
import type { SeenMessage, SeenProbe } from './tenant.ts';

/** A probe of a mailbox whose app was not that replica's when it began. */
export interface Stray {
  readonly mailbox: string;
  readonly replica: string;
  readonly at: number;
  /** Since when somebody else had it. */
  readonly heldByAnotherSinceMs: number | undefined;
}

/**
 * The tenant knows when a connection was made to within its own lag; only what began outside of every lease even at the
 * kindest reading counts.
 */
export function strays(probes: readonly SeenProbe[], holdings: readonly Holding[]): readonly Stray[] {
  const byApp = Map.groupBy(holdings, ({ app }) => app);
  return probes
    .filter(({ ended }) => ended === undefined)
    .flatMap(({ mailbox, replica, from, until }) => {
      const its = byApp.get(appOf(mailbox)) ?? [];
      const isHeld = its.some(
        (one) => one.replica === replica && one.from <= until && (one.to === undefined || from <= one.to),
      );
      if (isHeld) return [];
      const other = its.find(
        (one) => one.replica !== replica && one.from <= from && (one.to === undefined || one.to > from),
      );
      return [{ mailbox, replica, at: from, heldByAnotherSinceMs: other && Math.round(from - other.from) }];
    });
}

export interface TakeOver {
  /** Milliseconds until the first, the median and the last of its apps was another's, and was probed by that one. */
  readonly held: readonly number[];
  readonly probed: readonly number[];
}

/** Of the apps that the victim had at that moment. */
export function takeOver(
  victim: string,
  at: number,
  holdings: readonly Holding[],
  probes: readonly SeenProbe[],
): TakeOver {
  const had = holdings.filter(
    ({ replica, from, to }) => replica === victim && from <= at && (to === undefined || to > at),
  );
  const byApp = Map.groupBy(probes, ({ mailbox }) => appOf(mailbox));
  const next = had.flatMap(({ app, id }) => {
    const heir = holdings.find((one) => one.app === app && one.from > at && one.id !== id);
    if (heir === undefined) return [{ held: Number.POSITIVE_INFINITY, probed: Number.POSITIVE_INFINITY }];
    // The heir may have given it back before one was due.
    const first = (byApp.get(app) ?? []).find(({ until }) => until >= heir.from);
    return [{ held: heir.from - at, probed: (first?.until ?? Number.POSITIVE_INFINITY) - at }];
  });
  return { held: spread(next.map(({ held }) => held)), probed: spread(next.map(({ probed }) => probed)) };
}

function spread(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) => Math.round(sorted[at] ?? 0));
}

/** Events of which more than one message was sent; the same message sent again, as at-least-once allows. */
export function messagesTwice(messages: readonly SeenMessage[]): {
  readonly doubled: number;
  readonly repeated: number;
} {
  const ids = new Set(messages.map(({ id }) => id));
  const about = messages.filter(({ incident, type }) => incident !== undefined && /opened|closed/.test(type));
  const events = Map.groupBy(about, ({ type, incident }) => `${type} ${incident}`);
  const doubled = [...events.values()].filter((its) => new Set(its.map(({ id }) => id)).size > 1);
  return { doubled: doubled.length, repeated: messages.length - ids.size };
}

/** How often each key is there. */
export function countByKey(items: readonly { readonly key: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of items) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** By how much the second has less, over all keys. */
export function missing(expected: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>): number {
  return [...expected].reduce((sum, [key, count]) => sum + Math.max(0, count - (found.get(key) ?? 0)), 0);
}

export interface StoredResults {
  readonly probes: number;
  /** When the last one began. */
  readonly lastBegan: number;
}

/** A line is logged a moment after the probe has ended. */
const LOGGED_WITHIN_MS = 1_000;

/**
 * Results that replicas took and the database does not have: of a target, those that began until the last one that is
 * stored, less those that are counted there; and later ones that should have been written by now.
 */
export function lostResults(
  taken: readonly LoggedResult[],
  stored: ReadonlyMap<string, StoredResults>,
  writtenUntil: number,
): number {
  const byKey = Map.groupBy(taken, ({ key }) => key);
  return [...byKey].reduce((sum, [key, its]) => {
    const { probes, lastBegan } = stored.get(key) ?? { probes: 0, lastBegan: 0 };
    const until = lastBegan + LOGGED_WITHIN_MS;
    const counted = its.filter(({ began }) => began <= until).length;
    const late = its.filter(({ began, at }) => began > until && at <= writtenUntil).length;
    return sum + Math.max(0, counted - probes) + late;
  }, 0);
}

/** The time-out of a probe: what is under way when a right is lost does not outlast it. */
const ENDS_WITHIN_MS = 15_000;
/** The probe whose end shows it may be logged in the same turn before it. */
const SAME_TURN_MS = 100;

/** Results that a replica discarded although it had lost no right to them. */
export function discardedWithoutReason(
  discarded: readonly LoggedResult[],
  lostRights: readonly LostRight[],
): readonly LoggedResult[] {
  return discarded.filter(
    (result) =>
      !lostRights.some(
        ({ replica, apps, at }) =>
          replica === result.replica &&
          (apps === undefined || apps.includes(result.app)) &&
          result.at > at - SAME_TURN_MS &&
          result.at < at + ENDS_WITHIN_MS,
      ),
  );
}
