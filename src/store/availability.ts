/**
 * For how long was a mailbox up? Computed from state changes, prober sessions and maintenance windows, so probes need
 * no rows. Pure. The stores call it for slices of mailboxes. `availability-by.ts` groups the result. docs/store.md has
 * the definitions.
 *
 * At any time, a mailbox is in exactly one of five conditions, so the durations add up to the window. The first one
 * that applies counts: not watched (no prober ran, or the mailbox was not configured), in maintenance, down (by any of
 * its protocols), unknown (by any of its protocols), up.
 */
import type { Outage, Sums } from '../model/availability.ts';
import type { Span } from '../model/past.ts';
import type { Owner, Scope } from '../model/diagnosis.ts';
import { selects } from '../model/maintenance.ts';
import type { MaintenanceWindow, StateChange } from '../model/memory.ts';
import { intersection, measure, union, type Measure } from './spans.ts';

export interface MailboxAvailability extends Sums {
  readonly mailbox: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly outages: number;
  readonly longestOutage?: Outage;
  /** Ids of the incidents that affected the mailbox within the window. */
  readonly incidents: readonly string[];
}

/** An incident that counts for availability. Advisories and incidents in maintenance do not count. */
export interface IncidentFact {
  readonly id: string;
  readonly cause: string;
  readonly scope: Scope;
  readonly subject: string;
  readonly owner: Owner;
  readonly opened: number;
  readonly closed?: number;
}

export interface AvailabilityFacts {
  readonly window: Span;
  readonly mailboxes: readonly MailboxAvailability[];
  readonly incidents: readonly IncidentFact[];
}

/**
 * A mailbox, and for each of its targets the last state change before the window and all state changes within the
 * window.
 */
export interface WatchedMailbox {
  readonly mailbox: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly targets: readonly (readonly Pick<StateChange, 'at' | 'state'>[])[];
  readonly incidents: readonly string[];
}

/** The input that is the same for all mailboxes. A session is the time from the start to the end of a prober. */
export interface Watch {
  readonly sessions: readonly Span[];
  readonly maintenance: readonly MaintenanceWindow[];
}

export interface Segment extends Span {
  readonly state: 'up' | 'down' | 'unknown' | 'removed';
}

/** If the targets of a mailbox have different states, the first of these states counts. */
const WORST_FIRST = ['down', 'unknown', 'up'] as const;

export function availabilityOf(
  window: Span,
  { sessions, maintenance }: Watch,
): (mailbox: WatchedMailbox) => MailboxAvailability {
  const watched = union(sessions, window);
  const watchedTime = measure(watched);
  /**
   * Many mailboxes have the same maintenance windows. The time of these windows is computed once, and kept under their
   * ids.
   */
  const muted = new Map<string, Measure>();
  const mutedTime = (mailbox: WatchedMailbox): Measure => {
    const its = maintenance.filter((one) => selects(one, { ...mailbox, id: mailbox.mailbox }));
    const key = its.map(({ id }) => id).join(' ');
    const known = muted.get(key);
    if (known !== undefined) return known;
    const spans = its.map(({ from, until = window.until }) => ({ from, until }));
    const made = measure(intersection(watched, union(spans, window)));
    muted.set(key, made);
    return made;
  };
  return (mailbox) => {
    const { targets, ...rest } = mailbox;
    return {
      ...rest,
      ...summed(mailbox.mailbox, segmentsOf(targets, window), watchedTime, mutedTime(mailbox)),
    };
  };
}

function summed(
  mailbox: string,
  segments: readonly Segment[],
  watched: Measure,
  muted: Measure,
): Sums & { readonly outages: number; readonly longestOutage?: Outage } {
  const sums = { upMs: 0, downMs: 0, unknownMs: 0, maintenanceMs: 0, notWatchedMs: 0 };
  let outages = 0;
  let longestOutage: Outage | undefined;
  for (const { from, until, state } of segments) {
    if (state === 'removed') {
      sums.notWatchedMs += until - from;
      continue;
    }
    const watchedMs = watched(from, until);
    const mutedMs = muted(from, until);
    const countedMs = watchedMs - mutedMs;
    sums.notWatchedMs += until - from - watchedMs;
    sums.maintenanceMs += mutedMs;
    sums[`${state}Ms`] += countedMs;
    if (state !== 'down' || countedMs === 0) continue;
    outages += 1;
    if (countedMs > (longestOutage?.downMs ?? 0)) longestOutage = { mailbox, from, until, downMs: countedMs };
  }
  return { ...sums, outages, ...(longestOutage === undefined ? {} : { longestOutage }) };
}

interface Step {
  readonly at: number;
  readonly target: number;
  readonly state: StateChange['state'];
}

/**
 * Returns the states of a mailbox over the whole window. Most mailboxes have one segment, because neighboring segments
 * of the same state are joined.
 */
export function segmentsOf(targets: WatchedMailbox['targets'], window: Span): readonly Segment[] {
  const states: StateChange['state'][] = [];
  const steps: Step[] = [];
  for (const [target, changes] of targets.entries()) {
    let latest = Number.NEGATIVE_INFINITY;
    states[target] = 'removed';
    for (const { at, state } of changes) {
      if (at > window.from) {
        if (at < window.until) steps.push({ at, target, state });
      } else if (at >= latest) {
        latest = at;
        states[target] = state;
      }
    }
  }
  const segments: Segment[] = [];
  let from = window.from;
  let state = worstOf(states);
  const end = (until: number): void => {
    const last = segments.at(-1);
    // Two changes at the same time can cancel each other out. The last segment then goes on.
    if (last?.state === state) segments[segments.length - 1] = { ...last, until };
    else if (until > from) segments.push({ from, until, state });
    from = until;
  };
  for (const step of steps.sort((a, b) => a.at - b.at)) {
    states[step.target] = step.state;
    const next = worstOf(states);
    if (next === state) continue;
    if (step.at > from) end(step.at);
    state = next;
  }
  end(window.until);
  return segments;
}

function worstOf(states: readonly StateChange['state'][]): Segment['state'] {
  return WORST_FIRST.find((one) => states.includes(one)) ?? 'removed';
}
