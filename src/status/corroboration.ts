/**
 * Which other targets should be probed when a mailbox fails? The failure alone does not show whether it concerns one
 * mailbox, one protocol or the whole app. Probes of the mailbox's other protocols and of a few other mailboxes show it.
 * Called by the daemon after each probe and by `check` after each round. The cost does not depend on the number of
 * mailboxes.
 */
import type { Context } from '../model/context.ts';
import { failedStages, type Evidence } from '../model/evidence.ts';
import { targetKey, type Target } from '../model/target.ts';
import type { CandidateIndex } from './candidates.ts';
import type { Mark } from './peers.ts';

/** How many targets to probe at once, per app. */
export interface Reach {
  readonly otherProtocols: number;
  readonly siblings: number;
}

/** For the daemon, which probes the next target only if the first one fails too. */
export const ONE_AT_A_TIME: Reach = { otherProtocols: 1, siblings: 1 };
/** For `check`, where a person waits for the result. */
export const ALL_AT_ONCE: Reach = { otherProtocols: 2, siblings: 3 };

/** If this many siblings fail and none works, more of them show nothing new. */
const ENOUGH = 3;

export interface FailedProbe {
  readonly target: Target;
  readonly evidence: Evidence;
  readonly context: Context;
}

/** The targets to choose from. */
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
 * Returns the last outcome that a useful candidate has. If this target worked before, only targets that worked before
 * can show what was lost. If it never worked, those that were not probed yet can show more.
 */
function outcomeWanted({ history }: Context): Mark['outcome'] {
  return history.lastSuccess === undefined ? 'unknown' : 'succeeded';
}

/** Returns true at the first failure only. By the second one, the targets chosen before have been probed. */
function isInDoubt({ evidence, context }: FailedProbe): boolean {
  return context.history.consecutiveFailures === 1 && isOfMailLeg(evidence);
}

/**
 * Returns true for a failure of the mail connection or login. A refused or unusable token fails alike for all targets.
 * A server that throttles must not get more probes.
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
