/**
 * Probes one target, diagnoses the evidence, records and reports the result. The scheduler calls this at every
 * interval.
 */
import type { Engine } from './engine.ts';
import { type Evidence, failedStages, isEndedByUs, isMailStage, isSuccess } from './model/evidence.ts';
import type { ProbeResult, StatusChange } from './model/status.ts';
import type { Target } from './model/target.ts';
import type { Trace } from './model/trace.ts';
import type { NextProbe } from './schedule/next-probe.ts';
import { ONE_AT_A_TIME } from './status/corroboration.ts';
import { isCredentialInDoubt } from './status/credential-doubt.ts';
import { createUnfitTokens } from './unfit-tokens.ts';

export interface ProbeReports {
  readonly reportProbe: (target: Target, probe: ProbeResult) => void;
  /**
   * Called with a probe whose result does not count, because mailprobe ended the probe early, or because this replica
   * lost the lease of the app.
   */
  readonly reportDiscarded: (target: Target, evidence: Evidence) => void;
  readonly reportChange: (change: StatusChange) => void;
}

export interface ProbeTargetEdges extends ProbeReports {
  /** Returns the trace that records the dialogue of the probe. Undefined if nobody requested it. */
  readonly traceOf?: (target: Target) => Trace | undefined;
  /** Probes another target now, because its result corroborates this one, or because its app has a new token. */
  readonly probeNow: (target: Target) => void;
  /** Checks the credential of an app now, ahead of its schedule. */
  readonly checkCredential: (appId: string) => void;
  /** Is this replica allowed to probe the app now? Of several replicas, only one is allowed to probe it. */
  readonly mayProbe: (appId: string) => boolean;
}

export type ProbeTarget = (target: Target, signal: AbortSignal) => Promise<NextProbe>;

export function createProbeTarget(engine: Engine, edges: ProbeTargetEdges): ProbeTarget {
  const { probeNow, checkCredential, mayProbe, reportProbe, reportChange } = edges;
  const { status } = engine;
  const unfitTokens = createUnfitTokens({ refresh: engine.tokens.refresh, probeNow, now: Date.now });

  return async function probeTarget(target, signal) {
    if (!mayProbe(target.app.id)) return {};
    const { evidence, changes } = await engine.observe(target, signal, edges.traceOf?.(target));
    for (const change of changes) reportChange(change);
    // If the lease ended during the probe, the result does not count, because another replica may already probe the
    // mailbox.
    if (isEndedByUs(evidence) || !mayProbe(target.app.id)) {
      edges.reportDiscarded(target, evidence);
      return {};
    }

    const context = engine.contextFor(target, evidence);
    const diagnoses = engine.diagnose(evidence, context);

    const recorded = status.record(target, evidence, diagnoses, Date.now());
    const { probe, change, alsoChanged, reprobeMs, confirms } = recorded;
    engine.rejudgeCredential(target.app);
    reportProbe(target, probe);
    if (change !== undefined) reportChange(change);
    for (const other of alsoChanged) reportChange(other);

    if (isCredentialInDoubt(evidence, context.history)) checkCredential(target.app.id);
    for (const other of status.corroborating([{ target, evidence, context }], ONE_AT_A_TIME)) probeNow(other);

    const renewMs = await unfitTokens.renew(target, evidence, signal);
    const soonMs = Math.min(reprobeMs ?? Number.POSITIVE_INFINITY, renewMs ?? Number.POSITIVE_INFINITY);
    const outcome = outcomeOf(evidence);
    return Number.isFinite(soonMs) ? { outcome, soonMs, urgent: confirms } : { outcome };
  };
}

/**
 * Returns the outcome by which the scheduler adapts the number of probes that may run at once. Undefined for a failure
 * other than throttling by the mail server.
 */
function outcomeOf(evidence: Evidence): NextProbe['outcome'] {
  if (isSuccess(evidence)) return 'succeeded';
  const isThrottled = failedStages(evidence).some(
    ({ stage, failure }) => isMailStage(stage) && failure?.kind === 'throttled',
  );
  return isThrottled ? 'throttled' : undefined;
}
