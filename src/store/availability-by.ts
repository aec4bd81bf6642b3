/**
 * Availability by mailbox, app or label, for the API and the command `report`. For an app or a label, it is the mean of
 * the mailboxes. The mean is rounded to milliseconds in such a way that the five durations still add up to the window.
 */
import type { AvailabilityKey, AvailabilityRow, IncidentTally, Outage, Sums } from '../model/availability.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AvailabilityFacts, IncidentFact, MailboxAvailability } from './availability.ts';

const SUMS = ['upMs', 'downMs', 'unknownMs', 'maintenanceMs', 'notWatchedMs'] as const;

/** After each slice of this many mailboxes, other work can run. There may be ten thousand mailboxes. */
const SLICE = 200;

/**
 * Returns one row for each mailbox, app or value of the label, sorted by name. A mailbox without the label is left out.
 */
export async function availabilityBy(
  facts: AvailabilityFacts,
  key: AvailabilityKey,
): Promise<readonly AvailabilityRow[]> {
  const groups = new Map<string, MailboxAvailability[]>();
  for (const mailbox of facts.mailboxes) {
    const subject = subjectOf(mailbox, key);
    if (subject === undefined) continue;
    const group = groups.get(subject);
    if (group === undefined) groups.set(subject, [mailbox]);
    else group.push(mailbox);
  }
  const ofApps = key === 'app' ? facts.incidents.filter(({ scope }) => scope === 'app') : [];
  const byApp = Map.groupBy(ofApps, ({ subject }) => subject);
  const factOf = new Map(facts.incidents.map((incident) => [incident.id, incident]));
  const rows: AvailabilityRow[] = [];
  let counted = 0;
  for (const [subject, mailboxes] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const own = (byApp.get(subject) ?? []).map(({ id }) => id);
    rows.push(rowOf(subject, mailboxes, own, factOf));
    counted += mailboxes.length;
    if (counted < SLICE) continue;
    counted = 0;
    await nextTurn();
  }
  return rows;
}

function subjectOf(mailbox: MailboxAvailability, key: AvailabilityKey): string | undefined {
  if (key === 'mailbox') return mailbox.mailbox;
  return key === 'app' ? mailbox.app : mailbox.labels[key.label];
}

/** Shared by the mailboxes without incidents, which are most of them. */
const NO_INCIDENTS = { incidents: 0, byCause: {}, byOwner: {} };

function rowOf(
  subject: string,
  mailboxes: readonly MailboxAvailability[],
  more: readonly string[],
  factOf: ReadonlyMap<string, IncidentFact>,
): AvailabilityRow {
  let longestOutage: Outage | undefined;
  for (const { longestOutage: its } of mailboxes) {
    if (its !== undefined && its.downMs > (longestOutage?.downMs ?? 0)) longestOutage = its;
  }
  return {
    subject,
    mailboxes: mailboxes.length,
    ...meanOf(mailboxes),
    outages: mailboxes.reduce((sum, { outages }) => sum + outages, 0),
    ...(longestOutage === undefined ? {} : { longestOutage }),
    ...incidentsOf(mailboxes, more, factOf),
  };
}

function incidentsOf(
  mailboxes: readonly MailboxAvailability[],
  more: readonly string[],
  factOf: ReadonlyMap<string, IncidentFact>,
): Pick<AvailabilityRow, 'incidents' | 'timeToFix' | 'byCause' | 'byOwner'> {
  const ids = new Set(more);
  for (const { incidents } of mailboxes) for (const id of incidents) ids.add(id);
  if (ids.size === 0) return NO_INCIDENTS;
  const incidents = [...ids].flatMap((id) => factOf.get(id) ?? []);
  return {
    ...tallyOf(incidents),
    byCause: tallies(incidents, ({ cause }) => cause),
    byOwner: tallies(incidents, ({ owner }) => owner),
  };
}

/**
 * Returns the mean durations in whole milliseconds. If each mean were rounded down, the sum would be less than the
 * window. So the missing milliseconds are added to the means with the largest remainders.
 */
function meanOf(mailboxes: readonly MailboxAvailability[]): Sums {
  const [only] = mailboxes;
  if (only !== undefined && mailboxes.length === 1) {
    const { upMs, downMs, unknownMs, maintenanceMs, notWatchedMs } = only;
    return { upMs, downMs, unknownMs, maintenanceMs, notWatchedMs };
  }
  const shares = SUMS.map((name) => {
    const total = mailboxes.reduce((sum, mailbox) => sum + mailbox[name], 0);
    const whole = Math.floor(total / mailboxes.length);
    return { name, whole, rest: total - whole * mailboxes.length };
  });
  const left = shares.reduce((sum, { rest }) => sum + rest, 0) / mailboxes.length;
  const byRest = shares.toSorted((a, b) => b.rest - a.rest);
  const mean = { upMs: 0, downMs: 0, unknownMs: 0, maintenanceMs: 0, notWatchedMs: 0 };
  for (const [at, { name, whole }] of byRest.entries()) mean[name] = whole + (at < left ? 1 : 0);
  return mean;
}

function tallies(
  incidents: readonly IncidentFact[],
  keyOf: (incident: IncidentFact) => string,
): Readonly<Record<string, IncidentTally>> {
  return Object.fromEntries(
    [...Map.groupBy(incidents, keyOf)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, its]) => [key, tallyOf(its)]),
  );
}

function tallyOf(incidents: readonly IncidentFact[]): IncidentTally {
  const times = incidents.flatMap(({ opened, closed }) => (closed === undefined ? [] : [closed - opened]));
  if (times.length === 0) return { incidents: incidents.length };
  const totalMs = times.reduce((sum, ms) => sum + ms, 0);
  return {
    incidents: incidents.length,
    timeToFix: {
      incidents: times.length,
      meanMs: Math.round(totalMs / times.length),
      longestMs: times.reduce((longest, ms) => Math.max(longest, ms), 0),
    },
  };
}
