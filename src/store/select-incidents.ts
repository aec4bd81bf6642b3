/**
 * Returns one page of the incidents in memory that match a query. Used by the memory store, and in place of any store
 * that is unavailable.
 */
import type { Incident } from '../model/incident.ts';
import type { IncidentQuery, Page } from '../model/past.ts';

/** The newest incidents are first. `isOf` says whether the mailbox belongs to the app. */
export function selectIncidents(
  incidents: readonly Incident[],
  query: IncidentQuery,
  isOf: (mailbox: string, app: string) => boolean,
): Page<Incident> {
  const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, after, limit } = query;
  const { state, cause, owner, mailbox, app } = query;
  const concerns = ({ scope, subject, affectedMailboxes }: Incident, id: string): boolean =>
    (scope === 'app' && subject === id) || affectedMailboxes.some((one) => isOf(one.id, id));
  const found = incidents
    .filter(({ id }) => after === undefined || id < after)
    .filter(({ closed }) => state === undefined || (closed === undefined) === (state === 'open'))
    .filter(({ opened, closed }) => opened < until && (closed === undefined || closed > from))
    .filter((one) => cause === undefined || one.cause === cause)
    .filter((one) => owner === undefined || one.owner === owner)
    .filter((one) => mailbox === undefined || one.affectedMailboxes.some(({ id }) => id === mailbox))
    .filter((one) => app === undefined || concerns(one, app))
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, ...(last === undefined ? {} : { next: last.id }) };
}
