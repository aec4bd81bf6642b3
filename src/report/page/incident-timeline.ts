/** What happened to an incident, in the order in which it happened. For its page and its text. */
import type { Delivery } from '../../model/incident.ts';
import type { StoredIncident } from '../../model/past.ts';

export interface TimelineEvent {
  readonly at: number;
  readonly text: string;
  /** Where it goes on. */
  readonly link?: string;
}

const OUTCOMES: Readonly<Record<Delivery['outcome'], string>> = {
  sent: 'sent',
  pending: 'waits to be sent',
  failed: 'could not be sent',
  skipped: 'was not needed any more',
};

/** First failure, returns, messages, acknowledgement, close. */
export function incidentEvents(incident: StoredIncident): readonly TimelineEvent[] {
  const { spells, opened, acknowledgement, deliveries, closed, closeReason, supersededBy } = incident;
  const events: TimelineEvent[] = [
    { at: opened, text: incident.advisory ? 'Found' : 'First failure' },
    ...spells.filter((at) => at > opened).map((at) => ({ at, text: 'Came back' })),
    ...deliveries.map(({ at, channel, message, outcome, detail }) => ({
      at,
      text: `Message "${message}" over ${channel} ${OUTCOMES[outcome]}${detail === undefined ? '' : `: ${detail}`}`,
    })),
  ];
  if (acknowledgement !== undefined) {
    const { at, by, note } = acknowledgement;
    events.push({ at, text: `Acknowledged by ${by}${note === '' ? '' : `: ${note}`}` });
  }
  if (closed !== undefined) {
    events.push({
      at: closed,
      text: `Closed: ${closeReason ?? 'unknown'}${supersededBy === undefined ? '' : ', goes on as another incident'}`,
      ...(supersededBy === undefined ? {} : { link: `/incidents/${supersededBy}` }),
    });
  }
  return events.toSorted((a, b) => a.at - b.at);
}
