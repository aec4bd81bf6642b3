/**
 * Chooses other targets to probe when a mailbox fails. The failure alone does not show whether it concerns one mailbox,
 * one protocol or the whole app. Probes of the other protocols of the mailbox, and of a few other mailboxes, show that.
 * Called by the daemon after each probe, and by `check` after each round. The cost does not depend on the number of
 * mailboxes.
 */
import type { Context } from '../model/context.ts';
import { failedStages, type Evidence } from '../model/evidence.ts';
import { targetKey, type Target } from '../model/target.ts';
import type { CandidateIndex } from './candidates.ts';
import type { Mark } from './peers.ts';

/** How many targets to probe at once for each app. */
export interface Reach {
  readonly otherProtocols: number;
  readonly siblings: number;
}

/** For the daemon. It probes a second target only if the first one fails, too. */
export const ONE_AT_A_TIME: Reach = { otherProtocols: 1, siblings: 1 };
/** For `check`, where a person waits for the result. */
export const ALL_AT_ONCE: Reach = { otherProtocols: 2, siblings: 3 };

/** If this many other mailboxes of the app fail and none works, further ones show nothing new. */
const ENOUGH = 3;

export interface FailedProbe {
  readonly target: Target;
  readonly evidence: Evidence;
  readonly context: Context;
}

export interface Candidates {
  /** The same mailbox over its other protocols. */
  readonly otherProtocolsOf: (target: Target) => readonly Target[];
  readonly siblingsOf: CandidateIndex['siblingsOf'];
  /** The outcome of the target's last probe. */
  readonly outcomeOf: (target: Target) => Mark['outcome'];
}

export function corroborating(
  probes: readonly FailedProbe[],
  candidates: Candidates,
  reach: Reach,
): readonly Target[] {
  const inDoubt = probes.filter(isInDoubt);
  if (inDoubt.length === 0) return [];
  const ofApps = Map.groupBy(inDoubt, ({ target }) => target.app.id);
  const chosen: Target[] = [];
  for (const ofApp of ofApps.values()) {
    chosen.push(...firstOf(reach.otherProtocols, otherProtocols(ofApp, candidates)));
    chosen.push(...firstOf(reach.siblings, siblings(ofApp, candidates)));
  }
  return chosen;
}

function* otherProtocols(probes: readonly FailedProbe[], candidates: Candidates): Iterable<Target> {
  for (const { target, context } of probes) {
    for (const other of candidates.otherProtocolsOf(target)) {
      const isKnown = context.otherProtocols.some(({ evidence }) => evidence.protocol === other.protocol);
      const isAnswered = context.siblings[other.protocol].failed >= ENOUGH;
      if (!isKnown && !isAnswered && candidates.outcomeOf(other) === outcomeWanted(context)) yield other;
    }
  }
}

function* siblings(probes: readonly FailedProbe[], candidates: Candidates): Iterable<Target> {
  for (const { target, context } of probes) {
    const { succeeded, failed } = context.siblings[target.protocol];
    if (succeeded === 0 && failed < ENOUGH) yield* candidates.siblingsOf(target, outcomeWanted(context));
  }
}

/**
 * Returns the outcome that the last probe of a useful candidate had. If the failed target worked before, a candidate
 * that worked before shows what was lost. If it never worked, a candidate that was never probed shows more.
 */
function outcomeWanted({ history }: Context): Mark['outcome'] {
  return history.lastSuccess === undefined ? 'unknown' : 'succeeded';
}

/** Only the first failure in a row is in doubt. By the second failure, the chosen targets have been probed. */
function isInDoubt({ evidence, context }: FailedProbe): boolean {
  return context.history.consecutiveFailures === 1 && isOfMailLeg(evidence);
}

/**
 * Whether only the mail connection or the login failed. A refused token fails in the same way for all targets, and a
 * server that throttles must not get more probes.
 */
function isOfMailLeg(evidence: Evidence): boolean {
  const failed = failedStages(evidence);
  return (
    failed.length > 0 &&
    failed.every(
      ({ stage, failure }) => stage !== 'token' && stage !== 'claims' && failure?.kind !== 'throttled',
    )
  );
}

function firstOf(count: number, targets: Iterable<Target>): readonly Target[] {
  const first = new Map<string, Target>();
  for (const target of targets) {
    first.set(targetKey(target), target);
    if (first.size === count) break;
  }
  return [...first.values()];
}
