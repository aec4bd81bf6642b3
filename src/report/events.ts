/**
 * News as it happens: a mailbox changed its confirmed state, a problem opened or closed. Keeps the latest for clients
 * that come back (`Last-Event-ID`), and tells those that listen. The daemon publishes; `events-route.ts` listens.
 */
import { randomUUID } from 'node:crypto';
import type { Redactor } from '../model/redactor.ts';
import type { Problem, StatusChange } from '../model/status.ts';
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
  /** A look may have changed what is open: problems that opened or closed since are told of, at most once a second. */
  readonly noteLook: () => void;
  /**
   * What came after that event, and from now on everything. Begins with `reset` where what was missed is no longer
   * known: the client should read the lists anew. The function that is returned ends it.
   */
  readonly listen: (lastEventId: string | undefined, tell: (event: Event) => void) => () => void;
  readonly close: () => void;
}

const MOST_KEPT = 500;
const PAUSE_MS = 1_000;

/** `problems`: those that are open now. */
export function createEvents(problems: () => readonly Problem[], redactor: Redactor): Events {
  /** Ids of another process mean nothing here. */
  const process = randomUUID().slice(0, 8);
  const kept: Event[] = [];
  const listeners = new Set<(event: Event) => void>();
  let count = 0;
  let open = new Map<string, Problem>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const publish = (name: EventName, view: object): void => {
    count += 1;
    const event = { id: `${process}-${count}`, name, data: jsonText(view, redactor) };
    kept.push(event);
    if (kept.length > MOST_KEPT) kept.shift();
    for (const tell of listeners) tell(event);
  };

  const compare = (): void => {
    timer = undefined;
    const now = new Map(problems().map((problem) => [problem.id, problem]));
    const at = Date.now();
    for (const [id, problem] of now)
      if (!open.has(id)) publish('problem_opened', problemEventView(problem, at));
    for (const [id, problem] of open)
      if (!now.has(id)) publish('problem_closed', problemEventView(problem, at));
    open = now;
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
    noteLook: () => {
      if (!isClosed) timer ??= setTimeout(compare, PAUSE_MS).unref();
    },
    listen: (lastEventId, tell) => {
      const missed = lastEventId === undefined ? [] : missedSince(lastEventId);
      const reset: Event = { id: `${process}-${count}`, name: 'reset', data: '{}' };
      for (const event of missed ?? [reset]) tell(event);
      listeners.add(tell);
      return () => void listeners.delete(tell);
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
