/** Compares what the tenant saw with what the database recorded. Pure. Used by `run-cluster.ts` and `results.ts`. */
import type { Holding } from './audit.ts';
import { appOf } from './cluster-world.ts';
import type { LoggedResult, LostRight } from './replica-log.ts';
import type { SeenMessage, SeenProbe } from './tenant.ts';

/** A probe by a replica that did not hold the app of the mailbox when the probe began. */
export interface Stray {
  readonly mailbox: string;
  readonly replica: string;
  readonly at: number;
  /** For how long another replica had held the app. */
  readonly heldByAnotherSinceMs: number | undefined;
}

/**
 * The tenant knows only an interval in which each connection began. A probe counts only if its replica did not hold the
 * app at any time in that interval.
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
  /**
   * Milliseconds until the first, the median and the last app of the victim was held by another replica, and was probed
   * by it.
   */
  readonly held: readonly number[];
  readonly probed: readonly number[];
}

/** Covers the apps that the victim held at the time `at`. */
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
    // The new holder may have given the app back before a probe was due, so a probe by any replica counts.
    const first = (byApp.get(app) ?? []).find(({ until }) => until >= heir.from);
    return [{ held: heir.from - at, probed: (first?.until ?? Number.POSITIVE_INFINITY) - at }];
  });
  return { held: spread(next.map(({ held }) => held)), probed: spread(next.map(({ probed }) => probed)) };
}

function spread(values: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [0, Math.floor(sorted.length / 2), sorted.length - 1].map((at) => Math.round(sorted[at] ?? 0));
}

/**
 * `doubled`: events about which more than one message was sent. `repeated`: how often the same message was sent again,
 * which at-least-once delivery allows.
 */
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

export function countByKey(items: readonly { readonly key: string }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { key } of items) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Returns how much is missing in `found`, summed over all keys. */
export function missing(expected: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>): number {
  return [...expected].reduce((sum, [key, count]) => sum + Math.max(0, count - (found.get(key) ?? 0)), 0);
}

export interface StoredResults {
  readonly probes: number;
  /** When the last stored probe began. */
  readonly lastBegan: number;
}

/** A line may be logged this long after the probe has ended. */
const LOGGED_WITHIN_MS = 1_000;

/**
 * Counts the results that replicas took and that the database lacks. For each target, the results up to the last stored
 * one are compared with the stored number of probes. Later results count if they should have been written by now.
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

/** The timeout of a probe. A probe that is under way when a replica loses the right to it ends within this time. */
const ENDS_WITHIN_MS = 15_000;
/**
 * A replica that wakes up after its lease may discard results before the timer that logs the end of the lease runs. On a
 * starved machine, that takes a second.
 */
const WAKES_WITHIN_MS = 2_000;

/** Returns the results that a replica discarded although it had not lost the right to the app. */
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
          result.at > at - WAKES_WITHIN_MS &&
          result.at < at + ENDS_WITHIN_MS,
      ),
  );
}
