/**
 * Restores the state that the previous process stored. If the store is unavailable at the start, this happens as soon
 * as the store is available. Part of `remember.ts`.
 */
import type { Logger } from 'pino';
import type { Engine } from './engine.ts';
import type { IncidentFeed } from './incident-feed.ts';
import type { MaintenanceWindows } from './maintenance-windows.ts';
import type { Incident } from './model/incident.ts';
import type { Changes, Memories } from './model/memory.ts';
import { targetKey } from './model/target.ts';
import type { Journal } from './store/journal.ts';

export interface Remembered {
  readonly engine: Engine;
  readonly incidents: IncidentFeed;
  readonly maintenance: MaintenanceWindows;
  readonly journal: Journal;
}

/**
 * Restores the incidents, and then passes the restored problems to them. No other part gets these problems, because
 * only the incidents show whether the previous process has already announced a problem.
 */
export function bringBackIncidents(
  { engine, incidents }: Pick<Remembered, 'engine' | 'incidents'>,
  known: readonly Incident[],
  now: number,
): void {
  incidents.restore(known, now);
  incidents.take(engine.status.takeNews(now), now);
}

/**
 * Merges the stored state with the state found since the start, and writes the result. Changes that wait to be written
 * are dropped, because they were computed without the stored state.
 */
export function bringBackLate(remembered: Remembered, known: Memories, now: number, logger: Logger): void {
  const { engine, incidents, maintenance, journal } = remembered;
  incidents.complete();
  journal.dropStates();
  engine.restoreLate(known, now);
  maintenance.restore(known.maintenance);
  incidents.restoreLate(known.incidents, now);
  journal.note(everything(remembered));
  logger.info(
    { event: 'store_read' },
    'the store is available again: its contents are merged with what was found since the start',
  );
}

/** Returns all targets, incidents and credentials, to write them to a store that lacks them. */
export function everything({
  engine,
  incidents,
}: Pick<Remembered, 'engine' | 'incidents'>): Partial<Changes> {
  const { status, credentials } = engine;
  return {
    targets: status.targets().flatMap(({ target }) => status.memoryOf(targetKey(target)) ?? []),
    incidents: incidents.all(),
    credentials: credentials.statuses().map((one) => ({ app: one.app, status: one })),
  };
}
