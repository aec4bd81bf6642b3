/** Questions about incidents to the store that keeps nothing. */
import type { IncidentQuery, Page, StoredIncident } from '../../model/past.ts';
import type { Delivery, Incident } from '../../model/incident.ts';
import type { Message, Tables } from './tables.ts';

export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export function incidents(tables: Tables, query: IncidentQuery): Page<StoredIncident> {
  const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, after, limit } = query;
  const found = [...tables.incidents.values()]
    .filter(({ id }) => after === undefined || id < after)
    .filter(({ closed }) => query.state === undefined || (closed === undefined) === (query.state === 'open'))
    .filter(({ opened, closed }) => opened < until && (closed === undefined || closed > from))
    .filter(({ cause }) => query.cause === undefined || cause === query.cause)
    .filter(({ owner }) => query.owner === undefined || owner === query.owner)
    .filter(
      (one) => query.mailbox === undefined || one.affectedMailboxes.some(({ id }) => id === query.mailbox),
    )
    .filter((one) => query.app === undefined || concerns(tables, one, query.app))
    .sort((a, b) => byId(b, a));
  const items = found.slice(0, limit).map((incident) => stored(tables, incident));
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, ...(last === undefined ? {} : { next: last.id }) };
}

function concerns({ targets }: Tables, incident: Incident, app: string): boolean {
  if (incident.scope === 'app' && incident.subject === app) return true;
  const affected = new Set(incident.affectedMailboxes.map(({ id }) => id));
  return [...targets.values()].some((target) => target.app === app && affected.has(target.mailbox));
}

export function acknowledged({ acknowledgements }: Tables, incident: Incident): Incident {
  const acknowledgement = acknowledgements.get(incident.id);
  return acknowledgement === undefined ? incident : { ...incident, acknowledgement };
}

export function stored(tables: Tables, incident: Incident): StoredIncident {
  const deliveries = [...tables.outbox.values()]
    .filter((message) => message.incident === incident.id)
    .sort((a, b) => a.createdAt - b.createdAt || byId(a, b))
    .flatMap((message) => deliveryOf(message) ?? []);
  return { ...acknowledged(tables, incident), deliveries };
}

function deliveryOf({ channel, message, createdAt, settled }: Message): Delivery | undefined {
  if (message === 'digest' || message === 'summary' || message === 'test') return undefined;
  const outcome = settled === undefined || settled.outcome === 'retry' ? 'pending' : settled.outcome;
  const { at = createdAt, detail } = settled ?? {};
  return { channel, message, outcome, at, ...(detail === undefined ? {} : { detail }) };
}
