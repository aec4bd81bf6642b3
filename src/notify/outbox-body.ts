/**
 * The content of a row of the outbox. It is enough to render the message if the store is unavailable or the incident
 * was pruned. Written by `policy.ts` and `storm.ts`, read by `composer.ts`. Its size is bounded, whatever the size of
 * the incident.
 */
import type { Owner, Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';

/** This many affected mailboxes are listed. The others are only counted. */
const MOST_MAILBOXES = 50;

/** An incident with at most 50 of its affected mailboxes. `affectedNow` counts all that are affected now. */
export interface IncidentExcerpt extends Incident {
  readonly affectedNow: number;
}

/** The kinds of messages that are summarized. A summary replaces many messages of one kind. */
export const CROWDS = ['opened', 'closed', 'reminder'] as const;
export type Crowd = (typeof CROWDS)[number];

export interface SummaryLine {
  readonly incident: string;
  readonly headline: string;
  readonly cause: string;
}

export type OutboxBody = { readonly firstDue: number } & (
  | {
      readonly about: 'incident';
      readonly incident: IncidentExcerpt;
      readonly before?: { readonly cause: string; readonly severity: Severity };
      /** Report the close only if the channel reported the opening. */
      readonly ifReported?: true;
    }
  | { readonly about: 'digest'; readonly owner: Owner }
  | {
      readonly about: 'summary';
      readonly count: number;
      readonly of: Crowd;
      readonly from: number;
      readonly lines: readonly SummaryLine[];
    }
  | { readonly about: 'test' }
);

export function excerptOf(incident: Incident): IncidentExcerpt {
  const { affectedMailboxes } = incident;
  const affected = affectedMailboxes.filter(({ until }) => until === undefined);
  const shown = [...affected, ...affectedMailboxes.filter(({ until }) => until !== undefined)];
  return { ...incident, affectedMailboxes: shown.slice(0, MOST_MAILBOXES), affectedNow: affected.length };
}

export function encodeBody(body: OutboxBody): string {
  return JSON.stringify(body);
}

const ABOUT: readonly string[] = ['incident', 'digest', 'summary', 'test'] satisfies OutboxBody['about'][];

/** Undefined if the text is not a body that this version knows. Another version may have written it. */
export function decodeBody(text: string): OutboxBody | undefined {
  try {
    // Written by `encodeBody` and kept by our own store.
    const body: Partial<OutboxBody> | null = JSON.parse(text);
    return body !== null && isWhole(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isWhole(body: Partial<OutboxBody>): body is OutboxBody {
  return body.about !== undefined && ABOUT.includes(body.about) && typeof body.firstDue === 'number';
}
