/** Queries of the memory store about the past, and the deletion of old rows. */
import type { Span } from '../../model/past.ts';
import type { Incident } from '../../model/incident.ts';
import type { MaintenanceWindow, StateChange } from '../../model/memory.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  availabilityOf,
  type AvailabilityFacts,
  type IncidentFact,
  type MailboxAvailability,
} from '../availability.ts';
import { byId } from './incidents.ts';
import { isSettled, type Tables } from './tables.ts';

const SLICE = 500;

export function history({ changes }: Tables, mailbox: string, span: Span): readonly StateChange[] {
  return [...changes.values()]
    .filter(([first]) => first?.mailbox === mailbox)
    .flatMap((its) => relevant(its, span))
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

export function maintenance({ maintenance }: Tables, { from, until }: Span): readonly MaintenanceWindow[] {
  return [...maintenance.values()]
    .filter((one) => one.from < until && (one.until === undefined || one.until > from))
    .sort((a, b) => a.from - b.from || byId(a, b));
}

export function sessions({ sessions }: Tables, span: Span): readonly Span[] {
  return [...sessions.values()]
    .filter(({ from, until }) => from < span.until && until > span.from)
    .map(({ from, until }) => ({ from, until }))
    .sort((a, b) => a.from - b.from);
}

/**
 * Returns the availability of all mailboxes. Works in slices and lets other work run between them, because there may be
 * ten thousand mailboxes.
 */
export async function availability(tables: Tables, window: Span): Promise<AvailabilityFacts> {
  const counted = [...tables.incidents.values()]
    .filter(
      (one) => !one.advisory && one.maintenance === undefined && overlaps(one.opened, one.closed, window),
    )
    .sort(byId);
  const incidents = incidentsByMailbox(counted, window);
  const targets = new Map([...tables.targets.values()].map((target) => [target.mailbox, target]));
  const compute = availabilityOf(window, {
    sessions: [...tables.sessions.values()],
    maintenance: maintenance(tables, window),
  });
  const changes = [...tables.changes.values()].filter(({ length }) => length > 0);
  const byMailbox = Map.groupBy(changes, ([first]) => first?.mailbox);
  const mailboxes: MailboxAvailability[] = [];
  for (const mailbox of [...byMailbox.keys()].filter((id) => id !== undefined).sort()) {
    const own = byMailbox.get(mailbox) ?? [];
    const { app, labels = {} } = targets.get(mailbox) ?? { app: own[0]?.[0]?.app };
    if (app === undefined) continue;
    const its = own.map((one) => relevant(one, window));
    mailboxes.push(compute({ mailbox, app, labels, targets: its, incidents: incidents.get(mailbox) ?? [] }));
    if (mailboxes.length % SLICE === 0) await nextTurn();
  }
  return { window, mailboxes, incidents: counted.map(factOf) };
}

function incidentsByMailbox(
  incidents: readonly Incident[],
  window: Span,
): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, affectedMailboxes } of incidents) {
    for (const { id: mailbox, since, until } of affectedMailboxes) {
      if (!overlaps(since, until, window)) continue;
      const known = ids.get(mailbox);
      if (known === undefined) ids.set(mailbox, [id]);
      else if (known.at(-1) !== id) known.push(id);
    }
  }
  return ids;
}

export function prune(tables: Tables, before: number): number {
  const { incidents, acknowledgements, changes, targets, sessions, maintenance, outbox } = tables;
  let pruned = 0;
  const drop = <T>(table: Map<string, T>, mayGo: (row: T) => boolean): void => {
    for (const [id, row] of table) if (mayGo(row) && table.delete(id)) pruned += 1;
  };
  const isOver = (end: number | undefined): boolean => end !== undefined && end < before;
  drop(incidents, ({ closed }) => isOver(closed));
  for (const id of acknowledgements.keys()) if (!incidents.has(id)) acknowledgements.delete(id);
  drop(outbox, (one) => isSettled(one) && isOver(one.settled?.at) && !incidents.has(one.incident ?? ''));
  for (const [key, its] of changes) {
    const kept = relevant(its, { from: before, until: Number.POSITIVE_INFINITY });
    pruned += its.length - kept.length;
    changes.set(key, kept);
    const [last, ...more] = kept;
    if (more.length > 0 || last?.state !== 'removed' || last.at >= before) continue;
    changes.delete(key);
    targets.delete(key);
    pruned += 1;
  }
  drop(sessions, ({ until }) => isOver(until));
  drop(maintenance, ({ until }) => isOver(until));
  return pruned;
}

function relevant(changes: readonly StateChange[], { from, until }: Span): readonly StateChange[] {
  const inOrder = changes.filter(({ at }) => at < until);
  const holds = inOrder.findLastIndex(({ at }) => at <= from);
  return inOrder.slice(Math.max(holds, 0));
}

function overlaps(from: number, until: number | undefined, window: Span): boolean {
  return from < window.until && (until === undefined || until > window.from);
}

function factOf({ id, cause, scope, subject, owner, opened, closed }: Incident): IncidentFact {
  return { id, cause, scope, subject, owner, opened, ...(closed === undefined ? {} : { closed }) };
}
