/**
 * News as server-sent events: a mailbox changed its confirmed state, a problem opened or closed. Keeps the latest for
 * clients that come back (`Last-Event-ID`). The daemon publishes; `events-route.ts` listens.
 */
import { randomUUID } from 'node:crypto';
import type { Redactor } from '../model/redactor.ts';
import type { ProblemChange, StatusChange } from '../model/status.ts';
import { jsonText } from './resource/json.ts';
import { problemEventView, statusEventView } from './resource/event.ts';

/** As a server-sent event has it: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export interface Event {
  readonly id: string;
  readonly name: EventName;
  /** JSON in one line, without secrets. */
  readonly data: string;
}

export type EventName = 'status' | 'problem_opened' | 'problem_closed' | 'reset';

export interface Events {
  readonly publishChange: (change: StatusChange) => void;
  /** Growth and changes of a problem are no events: the lists have them. */
  readonly publishProblem: (change: ProblemChange) => void;
  /**
   * What came after that event, and from now on everything. Begins with `reset` where what was missed is no longer
   * known: the client should read the lists anew. The function that is returned ends it.
   */
  readonly listen: (lastEventId: string | undefined, tell: (event: Event) => void) => () => void;
  readonly close: () => void;
}

const MOST_KEPT = 500;

export function createEvents(redactor: Redactor): Events {
  /** Ids of another process mean nothing here. */
  const process = randomUUID().slice(0, 8);
  const kept: Event[] = [];
  const listeners = new Set<(event: Event) => void>();
  let count = 0;

  const publish = (name: EventName, view: object): void => {
    count += 1;
    const event = { id: `${process}-${count}`, name, data: jsonText(view, redactor) };
    kept.push(event);
    if (kept.length > MOST_KEPT) kept.shift();
    for (const tell of listeners) tell(event);
  };

  /** The events after that one; undefined where it is not known (any more). */
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
    listen: (lastEventId, tell) => {
      const missed = lastEventId === undefined ? [] : missedSince(lastEventId);
      const reset: Event = { id: `${process}-${count}`, name: 'reset', data: '{}' };
      for (const event of missed ?? [reset]) tell(event);
      listeners.add(tell);
      return () => void listeners.delete(tell);
    },
    close: () => listeners.clear(),
  };
}
