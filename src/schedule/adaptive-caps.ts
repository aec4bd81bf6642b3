/**
 * How many probes may run at once, in total and per app? Both caps follow the duration of successful probes, and a
 * throttling server lowers the app's cap. Failed probes are not measured, because they take long during an outage and
 * would raise the caps. The scheduler reports the end of each probe. The arithmetic is in `caps.ts`.
 */
import type { Target } from '../model/target.ts';
import { type CapRange, type Concurrency, halvedCap, nextCap } from './caps.ts';

/** Only a probe with one of these outcomes changes a cap. */
export type Outcome = 'succeeded' | 'throttled';

/** How many probes are due and how many may run at once, for one app or for all apps together. */
export interface Load {
  readonly targets: number;
  readonly probesPerSecond: number;
  /** The median duration of the last successful probes. Undefined before the first one. */
  readonly seconds: number | undefined;
  /** The number of probes that must run at once so that all start on time. */
  readonly needed: number;
  readonly cap: number;
  /** The highest value that `cap` can take. */
  readonly most: number;
}

export interface AdaptiveCaps {
  readonly total: () => number;
  readonly perApp: (app: string) => number;
  readonly setRanges: (ranges: Concurrency) => void;
  readonly setFleet: (targets: readonly Target[]) => void;
  /** `underWay`: the number of probes of the app under way, including the one that ends now. */
  readonly note: (app: string, outcome: Outcome, seconds: number, underWay: number) => void;
  /** Computes the caps again if the last computation was at least `ROUND_MS` ago. */
  readonly review: (nowMs: number) => void;
  readonly loads: () => { readonly total: Load; readonly apps: ReadonlyMap<string, Load> };
}

/**
 * The time between two computations of the caps. It is long enough for a slow server to answer a probe. It is short
 * enough for the caps of a large fleet to grow as needed within one interval.
 */
const ROUND_MS = 15_000;
const KEPT = 63;
const NOTHING_DUE = { targets: 0, probesPerSecond: 0 };

interface AppState {
  targets: number;
  probesPerSecond: number;
  cap: number;
  /** The durations of the last successful probes, a ring buffer. */
  readonly seconds: number[];
  at: number;
  /** The median of `seconds` at the beginning of the round. */
  median: number | undefined;
  /** The number of successful probes since `cap` was set. */
  fresh: number;
  isThrottled: boolean;
}

export function createAdaptiveCaps(initial: Concurrency): AdaptiveCaps {
  let ranges = initial;
  let total = initial.total.start;
  let roundBeganMs = Number.NEGATIVE_INFINITY;
  const apps = new Map<string, AppState>();

  const neededInAll = (): number =>
    [...apps.values()].reduce((sum, state) => sum + Math.min(neededBy(state), ranges.perApp.most), 0);

  return {
    total: () => whole(total),
    perApp: (app) => whole(apps.get(app)?.cap ?? ranges.perApp.start),
    setRanges: (next) => {
      if (!isSame(next.total, ranges.total)) total = next.total.start;
      if (!isSame(next.perApp, ranges.perApp))
        for (const state of apps.values()) state.cap = next.perApp.start;
      ranges = next;
    },
    setFleet: (targets) => {
      for (const state of apps.values()) Object.assign(state, NOTHING_DUE);
      for (const { app, intervalMs } of targets) {
        const state = apps.get(app.id) ?? newApp(ranges.perApp.start);
        apps.set(app.id, state);
        state.targets += 1;
        state.probesPerSecond += 1_000 / intervalMs;
      }
      for (const [app, { targets: left }] of apps) if (left === 0) apps.delete(app);
    },
    note: (app, outcome, seconds, underWay) => {
      const state = apps.get(app);
      if (state === undefined) return;
      if (outcome === 'succeeded') {
        state.seconds[state.at] = seconds;
        state.at = (state.at + 1) % KEPT;
        state.fresh += 1;
      } else if (!state.isThrottled) {
        // Halve the cap at most once per round, because one burst can contain several refusals.
        state.isThrottled = true;
        state.cap = halvedCap(ranges.perApp, state.cap, underWay);
        state.fresh = 0;
      }
    },
    review: (nowMs) => {
      if (nowMs - roundBeganMs < ROUND_MS) return;
      roundBeganMs = nowMs;
      let isAnyTried = false;
      for (const state of apps.values()) isAnyTried = reviewApp(state, ranges.perApp) || isAnyTried;
      if (isAnyTried) total = nextCap(ranges.total, total, neededInAll());
    },
    loads: () => ({
      total: totalOf([...apps.values()], whole(total), ranges.total.most),
      apps: new Map(Array.from(apps, ([app, state]) => [app, loadOf(state, ranges.perApp.most)])),
    }),
  };
}

/**
 * Keeps the cap and returns false if a server throttled in this round, or if fewer probes succeeded with this cap than
 * the cap allows at once. Otherwise computes the cap again and returns true.
 */
function reviewApp(state: AppState, range: CapRange): boolean {
  const isTried = !state.isThrottled && state.fresh >= Math.floor(state.cap);
  state.isThrottled = false;
  state.median = median(state.seconds);
  if (!isTried) return false;
  state.cap = nextCap(range, state.cap, neededBy(state));
  state.fresh = 0;
  return true;
}

function loadOf(state: AppState, most: number): Load {
  const { targets, probesPerSecond, cap } = state;
  const needed = neededBy(state);
  return { targets, probesPerSecond, seconds: state.median, needed, cap: whole(cap), most };
}

function totalOf(states: readonly AppState[], cap: number, most: number): Load {
  const sum = (of: (state: AppState) => number): number => states.reduce((all, state) => all + of(state), 0);
  const probesPerSecond = sum((state) => state.probesPerSecond);
  const needed = sum(neededBy);
  const seconds = needed === 0 ? undefined : needed / probesPerSecond;
  return { targets: sum(({ targets }) => targets), probesPerSecond, seconds, needed, cap, most };
}

function neededBy(state: AppState): number {
  return state.probesPerSecond * (state.median ?? 0);
}

/** Rounds down to an integer of at least 1. A sum of fractions can be slightly too small, so 49.9999999 becomes 50. */
function whole(cap: number): number {
  return Math.max(1, Math.floor(cap + 1e-6));
}

function newApp(cap: number): AppState {
  return { ...NOTHING_DUE, cap, seconds: [], at: 0, median: undefined, fresh: 0, isThrottled: false };
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function isSame(a: CapRange, b: CapRange): boolean {
  return a.least === b.least && a.start === b.start && a.most === b.most;
}
