/** Builds the `Context` in which a probe is diagnosed, from the records of the status store. */
import { failureSignature, type Context, type History, type Peers } from '../model/context.ts';
import { isSuccess, type Evidence } from '../model/evidence.ts';
import type { ProbeResult } from '../model/status.ts';
import { otherProtocols, perProtocol, type Protocol } from '../model/protocol.ts';
import { targetKey, type Target } from '../model/target.ts';
import { outcomeOf } from './outcome.ts';
import { signsOf, type OwnNetworkWatch } from './own-network.ts';
import type { Loss, PeerCounts, Question } from './peers.ts';
import { historyWith, newRecord, type TargetRecord } from './target-record.ts';

/**
 * The last probe of the mailbox over another protocol counts if it is at most this many intervals old. The interval is
 * that of the target over the other protocol.
 */
const RECENT_INTERVALS = 3;

export interface Known {
  readonly records: Pick<ReadonlyMap<string, TargetRecord>, 'get'>;
  readonly peers: PeerCounts;
  readonly network: OwnNetworkWatch;
}

/**
 * Returns the context of a probe. The cost does not depend on the number of targets. The probe counts once, even if it
 * is already recorded.
 */
export function contextOf(
  { records, peers, network }: Known,
  target: Target,
  evidence: Evidence,
  now: number,
): Context {
  const ownRecord = (protocol: Protocol): TargetRecord | undefined => {
    const record = records.get(targetKey({ mailbox: target.mailbox, protocol }));
    return record?.status.target.app.id === target.app.id ? record : undefined;
  };
  const ownNetwork = network.verdict(now, signsOf(target, evidence));
  const record = ownRecord(target.protocol) ?? newRecord(target, now);
  const history = historyWith(record, evidence, outcomeOf(evidence, ownNetwork), now);
  // A target that never worked shares the loss of its app. A loss in another app does not count: it may concern that app
  // alone.
  const question: Question = isSuccess(evidence)
    ? { signature: '' }
    : {
        signature: failureSignature(evidence),
        loss: lossOf(history) ?? peers.lossInApp(target, record.confirmation.downSince),
      };
  const siblings = (protocol: Protocol): Peers =>
    peers.siblings(target, protocol, question, ownRecord(protocol)?.mark);
  return {
    now,
    target,
    app: target.app,
    otherProtocols: otherProtocols(target.protocol).flatMap(
      (protocol) => recentProbe(ownRecord(protocol), now, question.loss) ?? [],
    ),
    siblings: perProtocol(siblings),
    tenant: peers.ofOtherAppsInTenant(target, question),
    endpoint: peers.ofOtherAppsAtEndpoint(target, question),
    history,
    ownNetwork,
  };
}

/** Undefined if the target never worked, or does not fail now. */
function lossOf({ lastSuccess, failingSince }: History): Loss | undefined {
  if (lastSuccess === undefined || failingSince === undefined) return undefined;
  return { workedAt: lastSuccess, failingSince };
}

/**
 * Returns the last probe of a record if it is recent. A success from before the loss is left out, because it does not
 * show what was lost.
 */
function recentProbe(
  record: TargetRecord | undefined,
  now: number,
  loss: Loss | undefined,
): ProbeResult | undefined {
  const probe = record?.status.lastProbe;
  if (record === undefined || probe === undefined) return undefined;
  if (probe.success && loss !== undefined && probe.evidence.startedAt < loss.failingSince) return undefined;
  const longestMs = RECENT_INTERVALS * record.status.target.intervalMs;
  return now - probe.evidence.startedAt <= longestMs ? probe : undefined;
}
