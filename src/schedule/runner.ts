/**
 * Runs each probe that the gate admits. Reports its outcome to the caps and its delay to `lateness.ts`. Used by the
 * scheduler, which decides when an entry waits and what follows a probe.
 */
import type { Target } from '../model/target.ts';
import type { AdaptiveCaps, Outcome } from './adaptive-caps.ts';
import { type Entry, resolveEnded } from './entry.ts';
import type { Gate } from './gate.ts';
import type { Lateness } from './lateness.ts';
import type { NextProbe } from './next-probe.ts';

export interface RunnerOptions {
  readonly gate: Gate<Entry>;
  readonly caps: AdaptiveCaps;
  readonly lateness: Lateness;
  readonly probe: (target: Target, signal: AbortSignal) => Promise<NextProbe | void>;
  readonly onBug: (error: unknown) => void;
  /** Called when a probe has ended and its entry is idle again, before other probes start. */
  readonly onEnded: (entry: Entry, next: NextProbe | void) => void;
}

const LONGEST_TURN_MS = 4;

/** Returns a function that starts every probe that the gate admits. */
export function createRunner({ gate, caps, lateness, probe, onBug, onEnded }: RunnerOptions): () => void {
  let startingMore: NodeJS.Immediate | undefined;

  /**
   * Starts probes for a few milliseconds, then lets the event loop do other work. To start all at once would block it.
   */
  const startWhatMay = (): void => {
    const beganMs = performance.now();
    for (let entry = gate.admit(); entry !== undefined; entry = gate.admit()) {
      void run(entry);
      if (performance.now() - beganMs < LONGEST_TURN_MS) continue;
      startingMore ??= setImmediate(() => {
        startingMore = undefined;
        startWhatMay();
      });
      return;
    }
  };
  const run = async (entry: Entry): Promise<void> => {
    const startedMs = performance.now();
    if (entry.state === 'waiting') lateness.record(entry, startedMs);
    entry.state = 'probing';
    entry.controller = new AbortController();

    const next = await probeSafely(entry.target, entry.controller.signal);

    note(entry, next?.outcome, startedMs);
    gate.leave(entry);
    entry.state = 'idle';
    entry.controller = undefined;
    resolveEnded(entry);
    onEnded(entry, next);
    startWhatMay();
  };
  const probeSafely = async (target: Target, signal: AbortSignal): Promise<NextProbe | void> => {
    try {
      return await probe(target, signal);
    } catch (error) {
      onBug(error);
      return undefined;
    }
  };
  const note = ({ target: { app } }: Entry, outcome: Outcome | undefined, startedMs: number): void => {
    const nowMs = performance.now();
    if (outcome !== undefined)
      caps.note(app.id, outcome, (nowMs - startedMs) / 1_000, gate.underWayOf(app.id));
    caps.review(nowMs);
  };

  return startWhatMay;
}
