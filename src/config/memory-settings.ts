/** Turns the checked `store` and `maintenance` of the file into the types of `model/`. Called by `load.ts`. */
import { resolve } from 'node:path';
import type { MaintenancePlan } from '../model/maintenance.ts';
import type { MailboxSelector, MaintenanceWindow } from '../model/memory.ts';
import { parseSchedule } from '../model/schedule.ts';
import type { DatabaseSettings } from '../model/database.ts';
import { parseDatabaseUrl } from './database-url.ts';
import type { StoreInFile, WindowInFile } from './memory-schema.ts';

export interface MaintenanceSettings {
  /** Windows that recur every week. */
  readonly plans: readonly MaintenancePlan[];
  /** Windows that occur once. */
  readonly windows: readonly MaintenanceWindow[];
}

/**
 * Keeps the path of a database file as written. The relative paths of PostgreSQL's password and CA files begin at
 * `folder`.
 */
export function resolveStore(
  written: StoreInFile | undefined,
  folder: string,
): { readonly store?: string; readonly database?: DatabaseSettings } {
  if (written === undefined) return {};
  if (typeof written === 'string') return { store: written };
  const { url, password_file: password, ca_file: ca } = written;
  const parsed = parseDatabaseUrl(url);
  // The schema has already reported an invalid URL.
  if (typeof parsed === 'string') return {};
  const files = {
    ...(password === undefined ? {} : { passwordFile: resolve(folder, password) }),
    ...(ca === undefined ? {} : { caFile: resolve(folder, ca) }),
  };
  return { database: { ...parsed, ...files } };
}

export function resolveMaintenance(written: readonly WindowInFile[]): MaintenanceSettings {
  return {
    plans: written.flatMap((window) => planOf(window) ?? []),
    windows: written.flatMap((window) => onceOf(window) ?? []),
  };
}

function planOf({ id, schedule, timezone, note = '', ...rest }: WindowInFile): MaintenancePlan | undefined {
  if (schedule === undefined || timezone === undefined) return undefined;
  const parsed = parseSchedule(schedule);
  return typeof parsed === 'string'
    ? undefined
    : { id, schedule: parsed, timezone, note, ...selectorOf(rest) };
}

function onceOf({ id, from, until, note = '', ...rest }: WindowInFile): MaintenanceWindow | undefined {
  if (from === undefined || until === undefined) return undefined;
  return { id, from, until, by: 'configuration', note, ...selectorOf(rest) };
}

function selectorOf({ apps, mailboxes, labels }: Partial<WindowInFile>): MailboxSelector {
  return {
    ...(apps === undefined ? {} : { apps }),
    ...(mailboxes === undefined ? {} : { mailboxes }),
    ...(labels === undefined ? {} : { labels }),
  };
}
