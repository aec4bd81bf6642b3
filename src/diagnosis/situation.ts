/**
 * Determines the situation of a refused login from four facts: the other protocols of the mailbox, the other mailboxes
 * of the app, other apps at the host, and whether the mailbox ever worked.
 */
import type { Context, Peers } from '../model/context.ts';
import type { Evidence } from '../model/evidence.ts';
import { otherProtocols as protocolsBeside } from '../model/protocol.ts';

export type Situation =
  | 'other-protocol-works'
  | 'first-failure'
  | 'comes-and-goes'
  | 'intermittent'
  | 'protocol-fails-everywhere'
  | 'endpoint-lost'
  | 'app-lost'
  | 'mailbox-lost'
  | 'alone-lost'
  | 'app-never-worked'
  | 'mailbox-never-worked'
  | 'alone-never-worked'
  | 'words-only';

export const SITUATION_LABELS: Readonly<Record<Situation, string>> = {
  'other-protocol-works': 'Another protocol of this mailbox works with the same token.',
  'first-failure': 'It is the first failure after successes.',
  intermittent: 'It fails and works in turn.',
  'comes-and-goes': 'It has failed like this before, and worked in between.',
  'protocol-fails-everywhere': 'The app opens mailboxes over another protocol, and none over this one.',
  'endpoint-lost': 'Other apps lost this host at the same time.',
  'app-lost': 'All mailboxes of the app fail alike, and they worked before.',
  'mailbox-lost': 'Other mailboxes of the app work, and this one worked before.',
  'alone-lost': 'This mailbox worked before; no other mailbox of the app has been probed since.',
  'app-never-worked': 'All mailboxes of the app fail alike, and none has opened since this program started.',
  'mailbox-never-worked':
    'Other mailboxes of the app work; this one has not opened since this program started.',
  'alone-never-worked':
    'This mailbox has not opened since this program started, and no other mailbox of the app is known to work.',
  'words-only': 'Nothing is known besides the text.',
};

/** Situations that affect the whole app, not a single mailbox. */
export const OF_THE_APP: ReadonlySet<Situation> = new Set([
  'protocol-fails-everywhere',
  'app-lost',
  'app-never-worked',
]);

interface Seen {
  readonly evidence: Evidence;
  readonly context: Context;
  readonly pasted: boolean;
}

/**
 * If this many other targets fail in the same way and none works, targets without a recent result are assumed to fail,
 * too.
 */
const ENOUGH_ALIKE = 3;
/**
 * The situation is `comes-and-goes` if at least this many recent failures of the same kind came between two successes.
 * A single one might belong to another fault.
 */
const OFTEN = 2;
/** This many failures in a row are no passing fault, even if the same failure has passed before. */
const LASTING_RUN = 4;

export function situationOf({ evidence, context, pasted }: Seen): Situation {
  const { siblings, history, otherProtocols } = context;
  const other = together(protocolsBeside(evidence.protocol).map((protocol) => siblings[protocol]));
  const same = siblings[evidence.protocol];
  const working = same.succeeded + other.succeeded;
  const worked = history.lastSuccess !== undefined;
  const once = worked && history.consecutiveFailures <= 1;

  if (pasted && otherProtocols.length === 0 && !worked) return 'words-only';
  if (history.intermittent === true) return 'intermittent';
  if (history.passedAlike >= OFTEN && !isLasting(context)) return 'comes-and-goes';
  const appWorked = worked || same.everSucceeded + other.everSucceeded > 0;
  if (appWorked && isLostElsewhere(context)) return 'endpoint-lost';
  if (otherProtocols.some(({ success }) => success)) {
    if (once) return 'first-failure';
    return speaksForAll(same) ? 'protocol-fails-everywhere' : 'other-protocol-works';
  }
  if (speaksForAll(same) && other.succeeded > 0) return 'protocol-fails-everywhere';
  if (working > 0) return once ? 'first-failure' : worked ? 'mailbox-lost' : 'mailbox-never-worked';
  // If no other protocol has been probed yet, perhaps only this protocol is affected.
  const isOtherKnown = otherProtocols.length > 0 || other.failed > 0 || other.unknown === 0;
  const all = speaksForAll(same) || speaksForAll({ ...other, failedAlike: other.failed });
  if (all && isOtherKnown) return appWorked ? 'app-lost' : 'app-never-worked';
  // Other mailboxes fail, too. But a mailbox that was not probed since this failure began might still work.
  if (once || (worked && same.failedAlike > 0)) return 'first-failure';
  return worked ? 'alone-lost' : 'alone-never-worked';
}

function together(all: readonly Peers[]): Peers {
  const sum = (of: (peers: Peers) => number): number => all.reduce((total, peers) => total + of(peers), 0);
  return {
    succeeded: sum(({ succeeded }) => succeeded),
    failed: sum(({ failed }) => failed),
    unknown: sum(({ unknown }) => unknown),
    failedAlike: sum(({ failedAlike }) => failedAlike),
    everSucceeded: sum(({ everSucceeded }) => everSucceeded),
  };
}

/** Whether other protocols of this mailbox were probed, and all of them failed. */
export function othersFail({ otherProtocols }: Context): boolean {
  return otherProtocols.length > 0 && otherProtocols.every(({ success }) => !success);
}

export function isLasting({ history }: Context): boolean {
  return history.consecutiveFailures >= LASTING_RUN;
}

/** Whether mailboxes of other apps at this host and port worked before, and none of them works now. */
export function isLostElsewhere({ endpoint }: Context): boolean {
  return speaksForAll(endpoint) && endpoint.everSucceeded > 0;
}

/**
 * Whether these targets fail as a whole: none works, and some fail in the same way. In addition, all of them must have
 * been probed, or at least `ENOUGH_ALIKE` must fail in the same way.
 */
export function speaksForAll({ succeeded, failedAlike, unknown }: Peers): boolean {
  return succeeded === 0 && failedAlike > 0 && (unknown === 0 || failedAlike >= ENOUGH_ALIKE);
}
