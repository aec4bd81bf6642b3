/**
 * Writes to the store every ten seconds: the time span in which the prober ran, the maintenance windows that began, and
 * what is known about tokens. Deletes rows older than the retention once a day. Created by `remember.ts`.
 */
import type { Logger } from 'pino';
import type { MaintenanceWindows } from './maintenance-windows.ts';
import { DAY_MS } from './model/duration.ts';
import type { AppTokenState } from './model/status.ts';
import { StoreError } from './model/store-error.ts';
import { createProberSession } from './prober-session.ts';
import type { Journal } from './store/journal.ts';
import type { Store } from './store/store.ts';
import { createTokenNotes } from './token-notes.ts';

export interface MemoryBeat {
  /**
   * Sets how long rows are kept. Before the first call, `beat` writes nothing and no row is deleted: the stored
   * incidents are not restored yet, so problems that were already open would look new.
   */
  readonly configure: (retentionMs: number) => void;
  readonly beat: () => void;
  /** Stops the timers, and writes the end of the time span. */
  readonly end: () => void;
}

export interface MemoryBeatParts {
  readonly store: Pick<Store, 'prune'>;
  readonly journal: Pick<Journal, 'note' | 'state'>;
  readonly maintenance: Pick<MaintenanceWindows, 'takeBegun'>;
  readonly tokenStates: () => readonly AppTokenState[];
  /** The name of this replica, if there are several. */
  readonly prober: string | undefined;
  readonly onBeat: (now: number) => void;
  readonly onBug: (error: unknown) => void;
  readonly logger: Logger;
}

const BEAT_MS = 10_000;
/** The first pruning waits this long, so that it does not slow down the start. */
const FIRST_PRUNE_MS = 60_000;

export function createMemoryBeat(parts: MemoryBeatParts): MemoryBeat {
  const { journal, maintenance } = parts;
  const session = createProberSession(parts.prober);
  const tokens = createTokenNotes(parts.tokenStates);
  let retentionMs: number | undefined;

  const beat = (): void => {
    if (retentionMs === undefined) return;
    const now = Date.now();
    journal.note({ session: session(now), maintenance: maintenance.takeBegun(now), tokens: tokens.take() });
    parts.onBeat(now);
  };
  const prune = (): void => {
    if (retentionMs !== undefined && journal.state().up) deleteOld(parts, Date.now() - retentionMs);
  };
  const timers = [
    setInterval(beat, BEAT_MS).unref(),
    setInterval(prune, DAY_MS).unref(),
    setTimeout(prune, FIRST_PRUNE_MS).unref(),
  ];

  return {
    configure: (next) => {
      retentionMs = next;
    },
    beat,
    end: () => {
      for (const timer of timers) clearTimeout(timer);
      journal.note({ session: session(Date.now()), tokens: tokens.take() });
    },
  };
}

/** If the store is unavailable, the deletion is tried again the next day. */
function deleteOld({ store, logger, onBug }: MemoryBeatParts, before: number): void {
  store.prune(before).then(
    (rows) => logger.debug({ event: 'store_pruned', rows }, `${rows} old rows deleted`),
    (error: unknown) => (error instanceof StoreError ? undefined : onBug(error)),
  );
}
