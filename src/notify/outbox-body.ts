/**
 * The content of an outbox row. Holds enough to render the message even if the store is unavailable or the incident was
 * deleted. Its size is limited for an incident of any size. Written by `policy.ts` and `storm.ts`, read by
 * `composer.ts`.
 */
import type { Owner, Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';

const MOST_MAILBOXES = 50;

/** A copy of an incident with at most 50 affected mailboxes. `affectedNow` counts all that are affected. */
export interface IncidentExcerpt extends Incident {
  readonly affectedNow: number;
}

/** A summary replaces many messages of one of these kinds. */
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
      /** True if the close is reported only if the channel has reported the incident before. */
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

/** Undefined if another version of the program has written the text and this version cannot read it. */
export function decodeBody(text: string): OutboxBody | undefined {
  try {
    // The text was written by `encodeBody`, perhaps by that of another version.
    const body: Partial<OutboxBody> | null = JSON.parse(text);
    return body !== null && isWhole(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isWhole(body: Partial<OutboxBody>): body is OutboxBody {
  return body.about !== undefined && ABOUT.includes(body.about) && typeof body.firstDue === 'number';
}
