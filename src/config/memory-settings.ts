/** From the checked `maintenance` of the file to the nouns of `model/`. Called by `load.ts`. */
import type { MaintenancePlan } from '../model/maintenance.ts';
import type { MailboxSelector, MaintenanceWindow } from '../model/memory.ts';
import { parseSchedule } from '../model/schedule.ts';
import type { WindowInFile } from './memory-schema.ts';

export interface MaintenanceSettings {
  /** Those that come again every week. */
  readonly plans: readonly MaintenancePlan[];
  /** Those that come once. */
  readonly windows: readonly MaintenanceWindow[];
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
