/**
 * When is the credential of each app checked? The first checks follow soon after the start, one app after the other.
 * Later checks follow at the interval of the app, with jitter. A changed file causes a check at once. A token whose
 * permissions differ from the directory causes at most one check a minute. A mailbox whose login begins to fail causes
 * at most one check in ten minutes. Two checks of an app never overlap. credential-watch.ts does the checks.
 */
import type { App } from '../../model/target.ts';

/** The reasons for a check. If there are several reasons, the last one in this list counts. */
const CASE_SOURCES = ['due', 'login-failed', 'token-contradicts', 'file-changed'] as const;
export type CaseSource = (typeof CASE_SOURCES)[number];

export interface Check {
  readonly source: CaseSource;
  /**
   * When the check was last requested, in epoch milliseconds. A token request that began earlier may have used an old
   * credential file.
   */
  readonly since: number;
  readonly signal: AbortSignal;
}

export interface CredentialSchedule {
  readonly update: (apps: readonly App[]) => void;
  readonly ask: (appId: string, source: Exclude<CaseSource, 'due'>) => void;
  /** Aborts the checks under way. Resolves when they have ended. */
  readonly close: () => Promise<void>;
}

export interface ScheduleOptions {
  /**
   * Resolves to false if the check had no result. The check is then repeated after `RETRY_MS` at the latest, even if
   * the interval is longer.
   */
  readonly check: (app: App, check: Check) => Promise<boolean>;
  readonly onBug: (error: unknown) => void;
  /** Returns a number between 0 and 1. Tests replace it. */
  readonly random?: () => number;
}

const FIRST_MS = 250;
/** The pause between the first checks of two apps. */
const SPREAD_MS = 200;
const JITTER = 0.1;
/** The pause after a check without a result. */
const RETRY_MS = 5 * 60_000;
/** A failing login causes no check until this time has passed since the start of the last check. */
const LOGIN_GAP_MS = 10 * 60_000;
/**
 * A token whose permissions differ from the directory causes no check until this time has passed since the start of the
 * last check.
 */
const CONTRADICTION_GAP_MS = 60_000;
/** The longest delay that a timer of Node accepts. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Slot {
  app: App;
  timer?: NodeJS.Timeout;
  dueAt: number;
  source: CaseSource;
  since: number;
  running?: Promise<void>;
  startedAt?: number;
}

interface State {
  readonly slots: Map<string, Slot>;
  readonly running: Set<Promise<void>>;
  readonly stop: AbortController;
  readonly options: ScheduleOptions;
}

export function createCredentialSchedule(options: ScheduleOptions): CredentialSchedule {
  const state: State = { slots: new Map(), running: new Set(), stop: new AbortController(), options };
  const { slots, running, stop } = state;

  return {
    update: (apps) => {
      const gone = new Set(slots.keys());
      let added = 0;
      for (const app of apps) {
        gone.delete(app.id);
        const slot = slots.get(app.id);
        if (slot === undefined) {
          const fresh: Slot = { app, dueAt: 0, source: 'due', since: 0 };
          slots.set(app.id, fresh);
          arm(state, fresh, Math.min(FIRST_MS + added * SPREAD_MS, app.credentialIntervalMs));
          added += 1;
        } else follow(state, slot, app);
      }
      for (const id of gone) {
        clearTimeout(slots.get(id)?.timer);
        slots.delete(id);
      }
    },
    ask: (appId, source) => {
      const slot = slots.get(appId);
      if (slot === undefined || stop.signal.aborted) return;
      if (CASE_SOURCES.indexOf(source) >= CASE_SOURCES.indexOf(slot.source)) {
        slot.source = source;
        slot.since = Date.now();
      }
      if (slot.running !== undefined) return;
      const delayMs = delayFor(slot);
      const now = Date.now();
      // If the due time has passed and the timer still runs, the clock was set forward.
      if (now + delayMs < slot.dueAt || slot.dueAt < now) arm(state, slot, delayMs);
    },
    close: async () => {
      for (const { timer } of slots.values()) clearTimeout(timer);
      slots.clear();
      stop.abort(new DOMException('mailprobe stops.', 'AbortError'));
      await Promise.all(running);
    },
  };
}

function arm(state: State, slot: Slot, delayMs: number): void {
  clearTimeout(slot.timer);
  slot.dueAt = Date.now() + delayMs;
  slot.timer = setTimeout(() => start(state, slot), Math.min(delayMs, LONGEST_TIMER_MS)).unref();
}

function start(state: State, slot: Slot): void {
  const { running, stop, options } = state;
  const { app, source, since } = slot;
  slot.source = 'due';
  slot.startedAt = Date.now();
  slot.dueAt = Number.POSITIVE_INFINITY;
  const run = settle(state, slot, options.check(app, { source, since, signal: stop.signal }));
  slot.running = run;
  running.add(run);
  void run.finally(() => running.delete(run));
}

async function settle(state: State, slot: Slot, checked: Promise<boolean>): Promise<void> {
  const { slots, stop, options } = state;
  let settled = true;
  try {
    settled = await checked;
  } catch (error) {
    options.onBug(error);
  }
  delete slot.running;
  if (stop.signal.aborted || slots.get(slot.app.id) !== slot) return;
  if (slot.source !== 'due') arm(state, slot, delayFor(slot));
  else arm(state, slot, jittered(settled ? slot.app.credentialIntervalMs : retryMs(slot.app), options));
}

/** Applies the app's new settings after a reload. If the new interval is shorter, the next check is earlier. */
function follow(state: State, slot: Slot, app: App): void {
  slot.app = app;
  const soonest = jittered(app.credentialIntervalMs, state.options);
  if (slot.running === undefined && slot.dueAt > Date.now() + soonest) arm(state, slot, soonest);
}

function jittered(ms: number, { random = Math.random }: ScheduleOptions): number {
  return ms * (1 - JITTER + 2 * JITTER * random());
}

function retryMs({ credentialIntervalMs }: App): number {
  return Math.min(credentialIntervalMs, RETRY_MS);
}

/**
 * Returns the milliseconds to wait before a requested check. Zero after a changed file, or if the app was never
 * checked. Otherwise the rest of the gap since the start of the last check.
 */
function delayFor({ app, source, startedAt }: Slot): number {
  if (source === 'file-changed' || startedAt === undefined) return 0;
  const longestMs = source === 'token-contradicts' ? CONTRADICTION_GAP_MS : LOGIN_GAP_MS;
  const gapMs = Math.min(app.credentialIntervalMs, longestMs);
  return Math.max(0, startedAt + gapMs - Date.now());
}
