/** The events of an incident in order, for its page and for its text. */
import type { CloseReason, Delivery } from '../../model/incident.ts';
import type { StoredIncident } from '../../model/past.ts';

export interface TimelineEvent {
  readonly at: number;
  readonly text: string;
  /** The path of the page of the incident that continues this one. */
  readonly link?: string;
}

const OUTCOMES: Readonly<Record<Delivery['outcome'], string>> = {
  sent: 'sent',
  pending: 'waits to be sent',
  failed: 'could not be sent',
  skipped: 'was no longer needed',
};

const ENDS: Readonly<Record<CloseReason, string>> = {
  recovered: 'Fixed',
  superseded: 'Closed: continues as another incident',
  'no-longer-configured': 'Closed: what was affected is no longer configured',
};

/**
 * Returns the first failure, its confirmation, each return of the fault, messages, the acknowledgement and the close,
 * sorted by time. Events with the same time keep this order.
 */
export function incidentEvents(incident: StoredIncident): readonly TimelineEvent[] {
  const { spells, opened, confirmed, advisory, deliveries } = incident;
  const events: TimelineEvent[] = [
    { at: opened, text: advisory ? 'Found' : 'First failure' },
    ...(confirmed === undefined || advisory ? [] : [{ at: confirmed, text: 'Confirmed' }]),
    ...spells.filter((at) => at > opened).map((at) => ({ at, text: 'Came back' })),
    ...deliveries.map(({ at, channel, message, outcome, detail }) => ({
      at,
      text: `Message "${message}" over ${channel} ${OUTCOMES[outcome]}${detail === undefined ? '' : `: ${detail}`}`,
    })),
    ...acknowledgementOf(incident),
    ...endOf(incident),
  ];
  return events.toSorted((a, b) => a.at - b.at);
}

function acknowledgementOf({ acknowledgement }: StoredIncident): readonly TimelineEvent[] {
  if (acknowledgement === undefined) return [];
  const { at, by, note } = acknowledgement;
  return [{ at, text: `Acknowledged by ${by}${note === '' ? '' : `: ${note}`}` }];
}

function endOf({ closed, closeReason, supersededBy }: StoredIncident): readonly TimelineEvent[] {
  if (closed === undefined) return [];
  const text = closeReason === undefined ? 'Closed' : ENDS[closeReason];
  return [
    { at: closed, text, ...(supersededBy === undefined ? {} : { link: `/incidents/${supersededBy}` }) },
  ];
}
