/**
 * The server-sent events: a target changed its confirmed state, a problem opened or closed, an incident changed. Keeps
 * the most recent events for clients that reconnect (`Last-Event-ID`). The daemon publishes events, and
 * `events-route.ts` subscribes to them.
 */
import { randomUUID } from 'node:crypto';
import type { IncidentChange, IncidentChangeKind } from '../model/incident.ts';
import type { Redactor } from '../model/redactor.ts';
import type { ProblemChange, StatusChange } from '../model/status.ts';
import { jsonText } from './resource/json.ts';
import { incidentEventView, problemEventView, statusEventView } from './resource/event.ts';

/** The fields of a server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export interface Event {
  readonly id: string;
  readonly name: EventName;
  /** JSON on one line, redacted. */
  readonly data: string;
}

export type EventName =
  | 'status'
  | 'problem_opened'
  | 'problem_closed'
  | `incident_${IncidentChangeKind}`
  | 'reset';

export interface Events {
  readonly publishChange: (change: StatusChange) => void;
  /** Publishes only that a problem opened or closed. Clients see other changes in the lists of the API. */
  readonly publishProblem: (change: ProblemChange) => void;
  readonly publishIncident: (change: IncidentChange) => void;
  /**
   * Delivers the events after `lastEventId`, and then every new event. If some of the missed events are no longer kept,
   * first delivers `reset`, so that the client reads the lists again. Returns a function that ends the subscription.
   */
  readonly listen: (lastEventId: string | undefined, deliver: (event: Event) => void) => () => void;
  readonly close: () => void;
}

const MOST_KEPT = 500;

export function createEvents(redactor: Redactor): Events {
  /** Part of each id. It distinguishes the ids of this process from those of an earlier one. */
  const process = randomUUID().slice(0, 8);
  const kept: Event[] = [];
  const listeners = new Set<(event: Event) => void>();
  let count = 0;

  const publish = (name: EventName, view: object): void => {
    count += 1;
    const event = { id: `${process}-${count}`, name, data: jsonText(view, redactor) };
    kept.push(event);
    if (kept.length > MOST_KEPT) kept.shift();
    for (const deliver of listeners) deliver(event);
  };

  /**
   * Returns the events after the one with this id. Undefined if some of them are no longer kept, or if another process
   * gave the id.
   */
  const missedSince = (id: string): readonly Event[] | undefined => {
    const [from, number] = id.split('-');
    const missed = count - Number(number);
    if (from !== process || !(missed >= 0) || missed > kept.length) return undefined;
    return missed === 0 ? [] : kept.slice(-missed);
  };

  return {
    publishChange: (change) => publish('status', statusEventView(change)),
    publishProblem: (change) => {
      const { kind, at } = change;
      if (kind === 'opened') publish('problem_opened', problemEventView(change.after, at));
      if (kind === 'closed') publish('problem_closed', problemEventView(change.before, at));
    },
    publishIncident: ({ kind, at, incident }) => publish(`incident_${kind}`, incidentEventView(incident, at)),
    listen: (lastEventId, deliver) => {
      const missed = lastEventId === undefined ? [] : missedSince(lastEventId);
      const reset: Event = { id: `${process}-${count}`, name: 'reset', data: '{}' };
      for (const event of missed ?? [reset]) deliver(event);
      listeners.add(deliver);
      return () => void listeners.delete(deliver);
    },
    close: () => listeners.clear(),
  };
}
