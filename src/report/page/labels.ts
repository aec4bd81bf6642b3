/** The texts of the pages for owners, confidences, severities and scopes, and for counts. */
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

/** Made once, because that takes milliseconds. */
const NUMBERS = new Intl.NumberFormat('en');

/** Returns `1,200`. */
export function numberText(count: number): string {
  return NUMBERS.format(count);
}

/** Returns `1 mailbox` or `1,200 mailboxes`. */
export function countText(count: number, one: string, many: string): string {
  return `${numberText(count)} ${count === 1 ? one : many}`;
}
