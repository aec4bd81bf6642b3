/** What a message about one incident is made from, and the phrases that its headline and its facts share. Pure. */
import type { Severity } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { IncidentMessageKind } from './decide.ts';
import { counted } from './moment.ts';

export interface IncidentReport {
  readonly id: string;
  readonly kind: IncidentMessageKind;
  readonly at: number;
  readonly incident: Incident;
  /** Mailboxes that are affected now. */
  readonly affectedNow: number;
  /** Of those: not up. A secret may have ended, and the token in hand still work. */
  readonly downNow: number;
  readonly before?: { readonly cause: string; readonly severity: Severity };
}

const DOUBT = /^Possibly: /;

/** The title behind what leads to it: a doubt stays one, and no full stop ends it. */
export function titled(lead: string, { title }: { readonly title: string }): string {
  const text = withoutStop(title);
  return DOUBT.test(text) ? `${lead}, possibly: ${text.replace(DOUBT, '')}` : `${lead}: ${text}`;
}

export function withoutStop(title: string): string {
  return title.endsWith('.') ? title.slice(0, -1) : title;
}

/** `qms-inbox`, `40 mailboxes`: of one that is over, the most at one time. Undefined where nobody is or was. */
export function whoIsHit({ incident, affectedNow }: IncidentReport): string | undefined {
  const { affectedMailboxes, peakAffected, closed } = incident;
  const isOver = closed !== undefined;
  const those = affectedMailboxes.filter(({ until }) => isOver || until === undefined);
  const count = isOver ? Math.max(peakAffected, 0) : affectedNow;
  if (count === 0) return undefined;
  const [only] = those;
  return count === 1 && those.length === 1 && only !== undefined
    ? only.id
    : counted(count, 'mailbox', 'mailboxes');
}

/** `qms-inbox down`, `3 of 40 mailboxes down`; `affected` while all of them still open. */
export function stateOfHit(report: IncidentReport): string | undefined {
  const who = whoIsHit(report);
  if (who === undefined) return undefined;
  const { affectedNow, downNow } = report;
  if (downNow === 0) return `${who} affected`;
  return downNow < affectedNow ? `${downNow} of ${who} down` : `${who} down`;
}
