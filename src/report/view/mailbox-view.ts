/** A mailbox as users see it in JSON: short in the list, with stages, facts and history on its own. */
import type { z } from 'zod';
import { type Failure, failedStages, type Stage } from '../../model/evidence.ts';
import type { Look, TargetStatus } from '../../model/status.ts';
import { endpointName } from '../../model/target.ts';
import type {
  failureSchema,
  mailboxDetailSchema,
  mailboxSchema,
  pastLookSchema,
  protocolDetailSchema,
  protocolSchema,
  stageSchema,
} from '../schema/mailbox-schema.ts';
import type { MailboxStatus } from '../select.ts';
import { diagnosisView } from './diagnosis-view.ts';
import { factsToJson, rfc3339 } from './json.ts';

type FailureView = z.infer<typeof failureSchema>;
type MailboxView = z.infer<typeof mailboxSchema>;
type MailboxDetailView = z.infer<typeof mailboxDetailSchema>;

export function mailboxView({ mailbox, targets }: MailboxStatus): MailboxView {
  const { id, address, app, labels } = mailbox;
  const protocols: MailboxView['protocols'] = {};
  for (const status of targets) protocols[status.target.protocol] = protocolView(status);
  return { id, address, app, labels, protocols };
}

export function mailboxDetailView({ mailbox, targets }: MailboxStatus): MailboxDetailView {
  const { id, address, app, labels } = mailbox;
  const protocols: MailboxDetailView['protocols'] = {};
  for (const status of targets) protocols[status.target.protocol] = protocolDetailView(status);
  return { id, address, app, labels, protocols };
}

function protocolView(status: TargetStatus): z.infer<typeof protocolSchema> {
  const { confirmed, lastLook } = status;
  return {
    success: lastLook?.success ?? null,
    up: confirmed === 'unknown' ? null : confirmed === 'up',
    last_run: rfc3339(lastLook?.evidence.startedAt),
    last_success: rfc3339(status.lastSuccess),
    failing_since: rfc3339(status.failingSince),
    diagnoses: lastLook?.diagnoses.map(diagnosisView) ?? [],
  };
}

function protocolDetailView(status: TargetStatus): z.infer<typeof protocolDetailSchema> {
  const { target, lastLook } = status;
  return {
    ...protocolView(status),
    since: rfc3339(status.confirmedSince),
    endpoint: endpointName(target.endpoint),
    interval_seconds: target.intervalMs / 1000,
    seconds: lastLook?.evidence.seconds ?? null,
    suspect: lastLook?.evidence.suspect ?? false,
    consecutive_failures: status.consecutiveFailures,
    consecutive_successes: status.consecutiveSuccesses,
    probes_total: status.probesTotal,
    failures_by_cause: { ...status.failuresByCause },
    stages: lastLook?.evidence.stages.map(stageView) ?? [],
    history: status.history.map(pastLookView),
  };
}

function stageView({ stage, outcome, seconds, facts, failure }: Stage): z.infer<typeof stageSchema> {
  return { stage, outcome, seconds, facts: factsToJson(facts), failure: failureOrNull(failure) };
}

function pastLookView({ evidence, success, diagnoses }: Look): z.infer<typeof pastLookSchema> {
  return {
    time: rfc3339(evidence.startedAt),
    success,
    seconds: evidence.seconds,
    suspect: evidence.suspect,
    failed_stages: failedStages(evidence).map(({ stage, failure }) => ({
      stage,
      failure: failureOrNull(failure),
    })),
    cause: diagnoses[0]?.cause ?? null,
  };
}

/** What the server did not give is absent. */
export function failureView({ kind, code, status, text, retryAfterSeconds }: Failure): FailureView {
  return {
    kind,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { status }),
    text,
    ...(retryAfterSeconds === undefined ? {} : { retry_after_seconds: retryAfterSeconds }),
  };
}

/** `null` where nothing failed. */
export function failureOrNull(failure: Failure | undefined): FailureView | null {
  return failure === undefined ? null : failureView(failure);
}
