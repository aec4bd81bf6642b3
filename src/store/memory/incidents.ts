/** Queries for incidents in the memory store. */
import type { IncidentQuery, Page, StoredIncident } from '../../model/past.ts';
import type { Delivery, Incident } from '../../model/incident.ts';
import { selectIncidents } from '../select-incidents.ts';
import type { Message, Tables } from './tables.ts';

export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export function incidents(tables: Tables, query: IncidentQuery): Page<StoredIncident> {
  const apps = new Set([...tables.targets.values()].map(({ mailbox, app }) => `${mailbox} ${app}`));
  const { items, ...rest } = selectIncidents([...tables.incidents.values()], query, (mailbox, app) =>
    apps.has(`${mailbox} ${app}`),
  );
  return { items: items.map((incident) => stored(tables, incident)), ...rest };
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
