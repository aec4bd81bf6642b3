/**
 * Decides when a mailbox is in maintenance, from single windows and weekly schedules. The caller passes the current
 * time. Times are in epoch milliseconds.
 */
import { DAY_MS } from './duration.ts';
import type { MailboxSelector, MaintenanceWindow } from './memory.ts';
import type { WeeklySchedule } from './schedule.ts';
import { localDate, toInstant } from './time-zone.ts';

/** A window that repeats every week, as configured. */
export interface MaintenancePlan extends MailboxSelector {
  readonly id: string;
  readonly schedule: WeeklySchedule;
  /** IANA name: `Europe/Berlin`. */
  readonly timezone: string;
  readonly note: string;
}

const MINUTE_MS = 60_000;

/** Whether the mailbox matches every member of the selector that is present. */
export function selects(
  { apps, mailboxes, labels }: MailboxSelector,
  mailbox: {
    readonly id: string;
    readonly app: string;
    readonly labels: Readonly<Record<string, string>>;
  },
): boolean {
  return (
    (apps === undefined || apps.includes(mailbox.app)) &&
    (mailboxes === undefined || mailboxes.includes(mailbox.id)) &&
    Object.entries(labels ?? {}).every(([name, value]) => mailbox.labels[name] === value)
  );
}

/**
 * Returns the occurrences of the plan between `from` and `until`, in order. The id of an occurrence consists of the
 * plan's id and its start, so it is the same at every evaluation.
 * A clock change may skip or repeat a local time. RFC 5545 (3.3.5) defines the point in time that such a local time
 * means. If the end would then come before the start, the window keeps its usual length.
 */
export function occurrencesOf(
  plan: MaintenancePlan,
  from: number,
  until: number,
): readonly MaintenanceWindow[] {
  const { id, schedule, timezone, note, ...selector } = plan;
  const { days, startMinute, endMinute } = schedule;
  const minutes = endMinute > startMinute ? endMinute - startMinute : endMinute + 1_440 - startMinute;
  const windows: MaintenanceWindow[] = [];
  // A window that began yesterday may still be in effect. The date in a zone differs from UTC's by at most a day.
  for (let day = localDate(timezone, from) - DAY_MS; day <= localDate(timezone, until); day += DAY_MS) {
    if (!days.includes(new Date(day).getUTCDay())) continue;
    const start = toInstant(timezone, day + startMinute * MINUTE_MS);
    const end = toInstant(timezone, day + (startMinute + minutes) * MINUTE_MS);
    const window = { from: start, until: end > start ? end : start + minutes * MINUTE_MS };
    if (window.from >= until || window.until <= from) continue;
    windows.push({
      ...selector,
      id: `${id}@${new Date(start).toISOString()}`,
      ...window,
      by: 'configuration',
      note,
    });
  }
  return windows;
}

/**
 * Returns the windows, and the occurrences of plans, that are in effect at `now`. It is called once for all mailboxes,
 * before `windowOver` is called for each of them.
 */
export function windowsAt(
  windows: readonly MaintenanceWindow[],
  plans: readonly MaintenancePlan[],
  now: number,
): readonly MaintenanceWindow[] {
  return [...windows, ...plans.flatMap((plan) => occurrencesOf(plan, now, now + 1))].filter(
    ({ from, until }) => from <= now && (until === undefined || until > now),
  );
}

/**
 * Returns the window that applies to the mailbox. If several apply, returns the one that ends last. Undefined if no
 * window applies.
 */
export function windowOver(
  mailbox: Parameters<typeof selects>[1],
  inForce: readonly MaintenanceWindow[],
): MaintenanceWindow | undefined {
  const endOf = ({ until = Number.POSITIVE_INFINITY }: MaintenanceWindow): number => until;
  return inForce
    .filter((window) => selects(window, mailbox))
    .reduce<MaintenanceWindow | undefined>(
      (longest, window) => (longest === undefined || endOf(window) > endOf(longest) ? window : longest),
      undefined,
    );
}
