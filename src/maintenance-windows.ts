/**
 * Keeps the maintenance windows of the configuration, and those announced through the API. They are kept in memory, so
 * that queries do not wait for the store. Created by `remember.ts` for `report/`, incidents and notifications.
 */
import type { MaintenanceSettings } from './config/memory-settings.ts';
import { DAY_MS } from './model/duration.ts';
import type { Incident } from './model/incident.ts';
import { occurrencesOf, windowOver, windowsAt } from './model/maintenance.ts';
import type { MaintenanceWindow } from './model/memory.ts';
import type { Mailbox } from './model/target.ts';
import { newId } from './new-id.ts';
import type { Maintenance } from './report/source.ts';
import type { Store } from './store/store.ts';

export interface MaintenanceWindows extends Maintenance {
  /** Takes the windows that were read from the store at the start. */
  readonly restore: (windows: readonly MaintenanceWindow[]) => void;
  /**
   * Replaces the announced windows with those in the store, because other replicas may have announced or ended some.
   * `seen` is the `version` before the store was read. If a window was announced or ended here after that, the call has
   * no effect, because `windows` may lack this change.
   */
  readonly replace: (windows: readonly MaintenanceWindow[], seen: number) => void;
  /** Returns a number that changes whenever a window is announced or ended here. */
  readonly version: () => number;
  readonly update: (settings: MaintenanceSettings, mailboxes: readonly Mailbox[]) => void;
  /**
   * Returns the windows of the configuration that must be stored: those that have begun, changed or were cut short
   * since the last call.
   */
  readonly takeBegun: (now: number) => readonly MaintenanceWindow[];
  readonly over: (mailbox: Mailbox, now: number) => MaintenanceWindow | undefined;
  /**
   * Returns a maintenance window if every mailbox that the incident currently affects is in one. Of several windows,
   * returns the one that ends first.
   */
  readonly overIncident: (
    incident: Pick<Incident, 'affectedMailboxes'>,
    now: number,
  ) => MaintenanceWindow | undefined;
}

/** The value of `by` that marks windows of the configuration. */
export const CONFIGURED = 'configuration';

const UPCOMING_MS = 28 * DAY_MS;

export function createMaintenanceWindows(
  store: Pick<Store, 'addMaintenance' | 'endMaintenance'>,
): MaintenanceWindows {
  let settings: MaintenanceSettings = { plans: [], windows: [] };
  let mailboxes = new Map<string, Mailbox>();
  let version = 0;
  const announced = new Map<string, MaintenanceWindow>();
  /** Windows of the configuration, as they are stored. */
  const begun = new Map<string, MaintenanceWindow>();

  const inForce = (now: number): readonly MaintenanceWindow[] =>
    windowsAt([...announced.values(), ...settings.windows], settings.plans, now);

  return {
    restore: (windows) => {
      for (const window of windows) (window.by === CONFIGURED ? begun : announced).set(window.id, window);
    },
    version: () => version,
    replace: (windows, seen) => {
      if (seen !== version) return;
      announced.clear();
      for (const window of windows) if (window.by !== CONFIGURED) announced.set(window.id, window);
    },
    update: (next, watched) => {
      settings = next;
      mailboxes = new Map(watched.map((mailbox) => [mailbox.id, mailbox]));
    },
    takeBegun: (now) => {
      const changed = changedSince(begun, windowsAt(settings.windows, settings.plans, now), now);
      for (const window of changed) begun.set(window.id, window);
      for (const [id, window] of begun) if (isOver(window, now)) begun.delete(id);
      return changed;
    },
    inForce,
    upcoming: (now) => upcoming(announced.values(), settings, now),
    announce: async (given) => {
      const window = { ...given, id: newId(given.from) };
      await store.addMaintenance(window);
      version += 1;
      announced.set(window.id, window);
      return window;
    },
    end: async (id, now) => {
      const window = announced.get(id);
      if (window === undefined || isOver(window, now)) return undefined;
      await store.endMaintenance(id, now);
      version += 1;
      announced.delete(id);
      return { ...window, until: Math.max(window.from, now) };
    },
    over: (mailbox, now) => windowOver(mailbox, inForce(now)),
    overIncident: (incident, now) => windowOverAll(incident, mailboxes, inForce(now)),
  };
}

function changedSince(
  begun: ReadonlyMap<string, MaintenanceWindow>,
  inForce: readonly MaintenanceWindow[],
  now: number,
): readonly MaintenanceWindow[] {
  const present = new Map(inForce.map((window) => [window.id, window]));
  const changed = [...present.values()].filter(
    (window) => JSON.stringify(window) !== JSON.stringify(begun.get(window.id)),
  );
  const cut = [...begun.values()]
    .filter((window) => !present.has(window.id) && !isOver(window, now))
    .map((window) => Object.assign({}, window, { until: now }));
  return [...changed, ...cut];
}

function upcoming(
  announced: Iterable<MaintenanceWindow>,
  { windows, plans }: MaintenanceSettings,
  now: number,
): readonly MaintenanceWindow[] {
  const planned = plans.flatMap((plan) => occurrencesOf(plan, now, now + UPCOMING_MS));
  return [...announced, ...windows, ...planned]
    .filter((window) => !isOver(window, now) && window.from < now + UPCOMING_MS)
    .toSorted((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
}

function windowOverAll(
  { affectedMailboxes }: Pick<Incident, 'affectedMailboxes'>,
  mailboxes: ReadonlyMap<string, Mailbox>,
  inForce: readonly MaintenanceWindow[],
): MaintenanceWindow | undefined {
  if (inForce.length === 0) return undefined;
  let first: MaintenanceWindow | undefined;
  for (const { id, until } of affectedMailboxes) {
    const mailbox = mailboxes.get(id);
    if (until !== undefined || mailbox === undefined) continue;
    const window = windowOver(mailbox, inForce);
    if (window === undefined) return undefined;
    if (first === undefined || endOf(window) < endOf(first)) first = window;
  }
  return first;
}

function isOver(window: MaintenanceWindow, now: number): boolean {
  return endOf(window) <= now;
}

export function endOf({ until = Number.POSITIVE_INFINITY }: MaintenanceWindow): number {
  return until;
}
