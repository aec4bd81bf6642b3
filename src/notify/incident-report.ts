/** The input of a message about one incident, and phrases that both the headline and the facts use. Pure. */
import type { Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { IncidentMessageKind } from './decide.ts';
import { counted } from './moment.ts';

export interface IncidentReport {
  readonly id: string;
  readonly kind: IncidentMessageKind;
  readonly at: number;
  readonly incident: Incident;
  readonly affectedNow: number;
  /**
   * The number of affected mailboxes that are not up. An affected mailbox may still be up: after a secret has expired,
   * a cached token works for a while.
   */
  readonly downNow: number;
  readonly before?: { readonly cause: string; readonly severity: Severity };
}

const DOUBT = /^Possibly: /;

/**
 * Returns the title after `prefix`, without its full stop. A `Possibly:` at its beginning becomes `possibly:`.
 */
export function titled(prefix: string, { title }: { readonly title: string }): string {
  const text = withoutStop(title);
  return DOUBT.test(text) ? `${prefix}, possibly: ${text.replace(DOUBT, '')}` : `${prefix}: ${text}`;
}

/** Returns the title in parentheses after `prefix`, to name an incident that is over. */
export function quoted(prefix: string, { title }: { readonly title: string }): string {
  return `${prefix} (${withoutStop(title).replace(DOUBT, 'possibly: ')})`;
}

/** Returns the title without `Possibly:` and full stop, for a message that states the confidence next to it. */
export function withoutDoubt(title: string): string {
  const text = withoutStop(title).replace(DOUBT, '');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function withoutStop(title: string): string {
  return title.endsWith('.') ? title.slice(0, -1) : title;
}

/**
 * Example: `qms-inbox` or `40 mailboxes`. For a closed incident, counts the mailboxes at its peak. Undefined if no
 * mailbox is affected. Also undefined for an advisory, because its mailboxes still work.
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
 * Example: `qms-inbox down`, `3 of 40 mailboxes down`, or `40 mailboxes affected` while all of them can still be
 * opened. With `after 2 h` as `later`: `qms-inbox still down after 2 h`. Undefined under the same conditions as
 * `whoIsHit`.
 */
export function stateOfHit(report: IncidentReport, later?: string): string | undefined {
  const who = whoIsHit(report);
  if (who === undefined) return undefined;
  const { affectedNow, downNow } = report;
  const those = downNow > 0 && downNow < affectedNow ? `${downNow} of ${who}` : who;
  const state = downNow === 0 ? 'affected' : 'down';
  return later === undefined ? `${those} ${state}` : `${those} still ${state} ${later}`;
}
