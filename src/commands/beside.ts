/**
 * Whom to look at besides the mailboxes that were asked for? A refused login says little by itself: the other protocol
 * of the mailbox, and a few of its app's other mailboxes, tell whether one mailbox or the whole app is hit. Pure;
 * called by `look-once.ts` when some were refused.
 */
import { failedStages, type Evidence } from '../model/evidence.ts';
import { targetKey, type App, type Target } from '../model/target.ts';

/** With the one that was refused, enough to speak for the whole app. */
const MOST_SIBLINGS = 3;
const MOST_OTHERS = 2;

/** `known`: was looked at already, in this round or before it. */
export function besides(
  looked: readonly { readonly target: Target; readonly evidence: Evidence }[],
  configured: readonly Target[],
  known: (target: Target) => boolean,
): readonly Target[] {
  const refused = Map.groupBy(
    looked.filter(({ evidence }) => isRefused(evidence)).map(({ target }) => target),
    ({ app }) => app,
  );
  return [...refused].flatMap(([app, targets]) => besidesOf(app, targets, configured, known));
}

function besidesOf(
  app: App,
  refused: readonly Target[],
  configured: readonly Target[],
  known: (target: Target) => boolean,
): readonly Target[] {
  const ofApp = configured.filter((target) => target.app === app);
  const unknown = ofApp.filter((target) => !known(target));
  const mailboxes = new Set(refused.map(({ mailbox }) => mailbox.id));
  const others = unknown.filter(({ mailbox }) => mailboxes.has(mailbox.id));
  const protocols = new Set(refused.map(({ protocol }) => protocol));
  const hasSibling = ofApp.some((target) => known(target) && !mailboxes.has(target.mailbox.id));
  const siblings = unknown.filter(
    ({ mailbox, protocol }) => !mailboxes.has(mailbox.id) && protocols.has(protocol),
  );
  return [
    ...others.slice(0, MOST_OTHERS),
    ...(hasSibling || mailboxes.size > 1 ? [] : oneOfEachMailbox(siblings).slice(0, MOST_SIBLINGS)),
  ];
}

function oneOfEachMailbox(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.toReversed().map((target) => [target.mailbox.id, target])).values()].toSorted(
    (a, b) => (targetKey(a) < targetKey(b) ? -1 : 1),
  );
}

/** With a token that lacks nothing: what is wrong with a token is wrong for all mailboxes. */
function isRefused(evidence: Evidence): boolean {
  const failed = failedStages(evidence);
  return (
    failed.some(
      ({ stage, failure }) => (stage === 'auth' || stage === 'open') && failure?.kind !== 'throttled',
    ) && !failed.some(({ stage }) => stage === 'token' || stage === 'claims')
  );
}
