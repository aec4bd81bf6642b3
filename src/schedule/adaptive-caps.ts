/**
 * The caps of a running fleet: how many probes may run at once. They follow the duration of successful probes, and fall
 * when servers throttle. A probe that failed or timed out changes nothing, because an outage must not open more
 * connections. The scheduler reports the end of each probe. The arithmetic is in `caps.ts`.
 */
import type { Target } from '../model/target.ts';
import { type CapRange, type Concurrency, halvedCap, nextCap } from './caps.ts';

/** The outcomes of a probe that change a cap. Any other outcome changes nothing. */
export type Outcome = 'succeeded' | 'throttled';

/** How many probes are due and how many may run, for one app or for all. */
export interface Load {
  readonly targets: number;
  readonly probesPerSecond: number;
  /** Median duration of the last probes that succeeded. Undefined before the first. */
  readonly seconds: number | undefined;
  /** How many probes must run at once so that none is late. */
  readonly needed: number;
  readonly cap: number;
  /** The highest value of the cap. */
  readonly most: number;
}

export interface AdaptiveCaps {
  readonly total: () => number;
  readonly perApp: (app: string) => number;
  readonly setRanges: (ranges: Concurrency) => void;
  readonly setFleet: (targets: readonly Target[]) => void;
  /** `underWay`: probes of this app under way, including this one. */
  readonly note: (app: string, outcome: Outcome, seconds: number, underWay: number) => void;
  /** Begins the next round if it is due. A round sets the caps again. */
  readonly review: (nowMs: number) => void;
  readonly loads: () => { readonly total: Load; readonly apps: ReadonlyMap<string, Load> };
}

/**
 * Long enough for probes of a slow server to end, and short enough for a large fleet to get up to speed in one
 * interval.
 */
const ROUND_MS = 15_000;
const KEPT = 63;
const NOTHING_DUE = { targets: 0, probesPerSecond: 0 };

interface AppState {
  targets: number;
  probesPerSecond: number;
  cap: number;
  /** The seconds of the last successful probes, as a ring. */
  readonly seconds: number[];
  at: number;
  /** The median of `seconds` when the last round began. */
  median: number | undefined;
  /** Successful probes since the cap was set. A cap grows only after it was used. */
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
        // The cap falls once per round, so that several refusals in one burst count once.
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
 * Sets the cap again and returns true, if no server throttled in this round and the cap was used: since it was last
 * set, as many probes succeeded as it allows at once.
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

/** Rounds down, but a sum of fractions such as 49.9999999 becomes 50. Returns at least 1. */
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
