/** Labels for closed sets, durations and counts. */
import type { Confidence, Owner, Scope, Severity } from '../../model/diagnosis.ts';

export const OWNER_LABELS: Readonly<Record<Owner, string>> = {
  'entra-admin': 'Entra administrator',
  'exchange-admin': 'Exchange administrator',
  'network-admin': 'network administrator',
  operator: 'operator of mailprobe',
  microsoft: 'Microsoft',
};

export const CONFIDENCE_LABELS: Readonly<Record<Confidence, string>> = {
  certain: 'certain',
  likely: 'likely: one of several causes that fit',
  possible: 'possible: other causes fit as well',
};

export const SEVERITY_LABELS: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'Note',
};

export const SCOPE_LABELS: Readonly<Record<Scope, string>> = {
  mailbox: 'mailbox',
  app: 'app',
  tenant: 'tenant',
  endpoint: 'mail server',
  prober: 'this prober',
};

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units: `2 h 5 min`. */
export function durationText(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1000));
  const parts: string[] = [];
  for (const [unit, seconds] of UNITS) {
    const count = Math.floor(rest / seconds);
    if (count > 0) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
    rest -= count * seconds;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

/** `1 mailbox`, `1,200 mailboxes`. */
export function countText(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
