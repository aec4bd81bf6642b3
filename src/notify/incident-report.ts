/** The input of a message about one incident, and phrases that its headline and its facts share. Pure. */
import type { Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { IncidentMessageKind } from './decide.ts';
import { counted } from './moment.ts';

export interface IncidentReport {
  readonly id: string;
  readonly kind: IncidentMessageKind;
  readonly at: number;
  readonly incident: Incident;
  /** How many mailboxes are affected now. */
  readonly affectedNow: number;
  /**
   * How many of the affected mailboxes are not up. After a secret has expired, a cached token may still work for a
   * while.
   */
  readonly downNow: number;
  readonly before?: { readonly cause: string; readonly severity: Severity };
}

const DOUBT = /^Possibly: /;

/**
 * The title after `lead`, without the full stop at its end. If the title begins with `Possibly:`, the result says
 * `possibly:`.
 */
export function titled(lead: string, { title }: { readonly title: string }): string {
  const text = withoutStop(title);
  return DOUBT.test(text) ? `${lead}, possibly: ${text.replace(DOUBT, '')}` : `${lead}: ${text}`;
}

/** The title in quotes, to name an incident that is over. */
export function quoted(lead: string, { title }: { readonly title: string }): string {
  return `${lead} (${withoutStop(title).replace(DOUBT, 'possibly: ')})`;
}

/** The title without `Possibly:` and full stop, for a place that states the confidence next to it. */
export function withoutDoubt(title: string): string {
  const text = withoutStop(title).replace(DOUBT, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function withoutStop(title: string): string {
  return title.endsWith('.') ? title.slice(0, -1) : title;
}

/**
 * `qms-inbox`, or `40 mailboxes`. For an incident that is over, the most that were affected at one time. Undefined if
 * no mailbox is affected, and for an advisory, under which mailboxes still work.
 */
export function whoIsHit({ incident, affectedNow }: IncidentReport): string | undefined {
  const { affectedMailboxes, peakAffected, closed, advisory } = incident;
  const isOver = closed !== undefined;
  const those = affectedMailboxes.filter(({ until }) => isOver || until === undefined);
  const count = isOver ? Math.max(peakAffected, 0) : affectedNow;
  if (count === 0 || advisory) return undefined;
  const [only] = those;
  return count === 1 && those.length === 1 && only !== undefined
    ? only.id
    : counted(count, 'mailbox', 'mailboxes');
}

/**
 * `qms-inbox down` or `3 of 40 mailboxes down`; `40 mailboxes affected` while all of them can still be opened. If
 * `later` is `after 2 h`: `qms-inbox still down after 2 h`. Undefined under the same conditions as `whoIsHit`.
 */
export function stateOfHit(report: IncidentReport, later?: string): string | undefined {
  const who = whoIsHit(report);
  if (who === undefined) return undefined;
  const { affectedNow, downNow } = report;
  const those = downNow > 0 && downNow < affectedNow ? `${downNow} of ${who}` : who;
  const state = downNow === 0 ? 'affected' : 'down';
  return later === undefined ? `${those} ${state}` : `${those} still ${state} ${later}`;
}
