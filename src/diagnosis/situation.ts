/**
 * In which situation is a refused login? The neighbours and the past decide: the other protocol of the mailbox, the
 * other mailboxes of the app, the other apps at the host, and whether it ever worked.
 */
import type { Context } from '../model/context.ts';
import type { Evidence } from '../model/evidence.ts';

export type Situation =
  | 'other-protocol-works'
  | 'first-failure'
  | 'protocol-fails-everywhere'
  | 'endpoint-lost'
  | 'app-lost'
  | 'mailbox-lost'
  | 'alone-lost'
  | 'app-never-worked'
  | 'mailbox-never-worked'
  | 'alone-never-worked'
  | 'words-only';

export const SITUATION_WORDS: Readonly<Record<Situation, string>> = {
  'other-protocol-works': 'The other protocol of this mailbox works with the same token.',
  'first-failure': 'It is the first failure after successes.',
  'protocol-fails-everywhere': 'The app opens mailboxes over the other protocol, and none over this one.',
  'endpoint-lost': 'Other apps lost this host at the same time.',
  'app-lost': 'All mailboxes of the app fail alike, and they worked before.',
  'mailbox-lost': 'Other mailboxes of the app work, and this one worked before.',
  'alone-lost': 'This mailbox worked before; no other mailbox of the app was looked at since.',
  'app-never-worked': 'All mailboxes of the app fail alike, and none ever worked.',
  'mailbox-never-worked': 'Other mailboxes of the app work; this one never did.',
  'alone-never-worked': 'This mailbox never worked; there is no other mailbox of the app to compare with.',
  'words-only': 'Nothing is known besides the words.',
};

interface Seen {
  readonly evidence: Evidence;
  readonly context: Context;
  readonly pasted: boolean;
}

export function situationOf({ evidence, context, pasted }: Seen): Situation {
  const { siblings, history, endpoint, otherProtocol } = context;
  const other = evidence.protocol === 'imap' ? siblings.pop3 : siblings.imap;
  const same = siblings[evidence.protocol];
  const working = same.succeeded + other.succeeded;
  const alike = same.failedAlike + other.failed;
  const worked = history.lastSuccess !== undefined;
  const once = worked && history.consecutiveFailures <= 1;

  if (pasted && otherProtocol === undefined && !worked) return 'words-only';
  if (otherProtocol?.success === true) return once ? 'first-failure' : 'other-protocol-works';
  if (same.succeeded === 0 && same.failedAlike > 0 && other.succeeded > 0) return 'protocol-fails-everywhere';
  if (working > 0) return once ? 'first-failure' : worked ? 'mailbox-lost' : 'mailbox-never-worked';

  const appWorked = worked || same.everSucceeded + other.everSucceeded > 0;
  const lostElsewhere = endpoint.failedAlike > 0 && endpoint.succeeded === 0 && endpoint.everSucceeded > 0;
  if (appWorked && lostElsewhere) return 'endpoint-lost';
  if (alike > 0) return appWorked ? 'app-lost' : 'app-never-worked';
  if (once) return 'first-failure';
  return worked ? 'alone-lost' : 'alone-never-worked';
}
