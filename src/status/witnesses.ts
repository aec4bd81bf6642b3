/**
 * Whom else to look at when a mailbox was lost? Before anybody else was looked at since, the words alone cannot tell
 * whether one mailbox, one protocol or the whole app was lost: the other protocol and one sibling can, and, where that
 * one is lost too, its own. Asked by `watch`, at the first failure only; the look that confirms it then knows.
 */
import type { Context } from '../model/context.ts';
import { failedStages, type Evidence } from '../model/evidence.ts';
import { OTHER_PROTOCOL, type Target } from '../model/target.ts';

/** So many that failed alike and none that works: their own looks have told. */
const ENOUGH = 3;

/** `ofApp`: all targets of the app. `works`: the last look at it opened the mailbox. */
export function witnessesOf(
  { mailbox, protocol }: Target,
  evidence: Evidence,
  { history, siblings, otherProtocol }: Context,
  ofApp: readonly Target[],
  works: (target: Target) => boolean,
): readonly Target[] {
  const isLost = history.consecutiveFailures === 1 && history.lastSuccess !== undefined;
  if (!isLost || !isOfMailLeg(evidence)) return [];
  const own = siblings[protocol];
  const others = siblings[OTHER_PROTOCOL[protocol]];
  const other = ofApp.find((each) => each.mailbox.id === mailbox.id && each.protocol !== protocol);
  const sibling = ofApp.find(
    (each) => each.mailbox.id !== mailbox.id && each.protocol === protocol && works(each),
  );
  return [
    ...(other !== undefined && otherProtocol === undefined && works(other) && others.failed < ENOUGH
      ? [other]
      : []),
    ...(sibling !== undefined && own.succeeded === 0 && own.failed < ENOUGH ? [sibling] : []),
  ];
}

/** A refused token is refused to all of the app; a server that wants to be left alone is not asked by more. */
function isOfMailLeg(evidence: Evidence): boolean {
  const failed = failedStages(evidence);
  return (
    failed.some(
      ({ stage, failure }) => stage !== 'token' && stage !== 'claims' && failure?.kind !== 'throttled',
    ) && !failed.some(({ stage }) => stage === 'token')
  );
}
