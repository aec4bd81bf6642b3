/**
 * Chooses other targets to probe when a mailbox fails. The failure alone does not show whether it concerns one mailbox,
 * one protocol or the whole app. Probes of the other protocols of the mailbox, and of a few other mailboxes, show that.
 * Called by the daemon after each probe, and by `check` after each round. The cost does not depend on the number of
 * mailboxes.
 */
import type { Context } from '../model/context.ts';
import { failedStages, type Evidence } from '../model/evidence.ts';
import type { Protocol } from '../model/protocol.ts';
import { targetKey, type Target } from '../model/target.ts';
import type { CandidateIndex } from './candidates.ts';
import type { Mark, PeerCounts } from './peers.ts';

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
/**
 * A success that came less than this long before the failed probe need not be repeated. So while mailboxes that never
 * worked fail one after the other, their app gets at most one extra probe in this time, however many they are. It is
 * shorter than the wait before a failure is confirmed, so that an outage is known by then.
 */
const RECENT_MS = 10_000;

export interface FailedProbe {
  readonly target: Target;
  readonly evidence: Evidence;
  readonly context: Context;
}

export interface Candidates {
  /** The same mailbox over its other protocols. */
  readonly otherProtocolsOf: (target: Target) => readonly Target[];
  readonly siblingsOf: CandidateIndex['siblingsOf'];
  readonly hasWorkedAfter: PeerCounts['hasWorkedAfter'];
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
  for (const probe of probes) {
    for (const other of candidates.otherProtocolsOf(probe.target)) {
      const isAnswered = probe.context.siblings[other.protocol].failed >= ENOUGH;
      const isWanted = outcomesWanted(probe.context).includes(candidates.outcomeOf(other));
      if (!isKnown(probe, other.protocol) && !isAnswered && isWanted) yield other;
    }
  }
}

/**
 * Whether it is known how the mailbox does over another protocol. An older success does not show that, unless the
 * siblings show more.
 */
function isKnown({ target, evidence, context }: FailedProbe, protocol: Protocol): boolean {
  const last = context.otherProtocols.find((probe) => probe.evidence.protocol === protocol);
  if (last === undefined) return false;
  const { succeeded, failed } = context.siblings[target.protocol];
  const isRecent = last.evidence.startedAt > evidence.startedAt - RECENT_MS;
  return !last.success || isRecent || succeeded > 0 || failed >= ENOUGH;
}

function* siblings(probes: readonly FailedProbe[], candidates: Candidates): Iterable<Target> {
  for (const probe of probes) {
    if (isEnoughKnown(probe, candidates)) continue;
    for (const outcome of outcomesWanted(probe.context)) yield* candidates.siblingsOf(probe.target, outcome);
  }
}

/**
 * Whether further siblings would show nothing new. If siblings count as working, one of them must have worked recently:
 * an older success may be from before an outage.
 */
function isEnoughKnown({ target, evidence, context }: FailedProbe, { hasWorkedAfter }: Candidates): boolean {
  const { succeeded, failed } = context.siblings[target.protocol];
  return succeeded === 0 ? failed >= ENOUGH : hasWorkedAfter(target, evidence.startedAt - RECENT_MS);
}

const WORKED: readonly Mark['outcome'][] = ['succeeded'];
const WORKED_OR_UNKNOWN: readonly Mark['outcome'][] = ['succeeded', 'unknown'];

/**
 * Returns the outcomes that the last probe of a useful candidate had, the most useful first. A candidate that worked
 * before shows whether that was lost. If the failed target never worked, one that was never probed is useful, too.
 */
function outcomesWanted({ history }: Context): readonly Mark['outcome'][] {
  return history.lastSuccess === undefined ? WORKED_OR_UNKNOWN : WORKED;
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
