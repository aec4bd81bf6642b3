/**
 * The JSON of a mailbox: short in the list, and with stages, facts and history for a single mailbox. `null` means that
 * an event never happened, or that a value is unknown.
 */
import { z } from 'zod';
import { failedStages, STAGE_NAMES } from '../../model/evidence.ts';
import { perProtocol } from '../../model/protocol.ts';
import { isSuspect } from '../../model/starved.ts';
import type { ProbeResult, TargetStatus } from '../../model/status.ts';
import { endpointName } from '../../model/target.ts';
import { nextSchema } from '../http/paging.ts';
import type { MailboxStatus } from '../select.ts';
import type { ReplicaState } from '../source.ts';
import { mailboxPath, pageSchema } from '../page-path.ts';
import { diagnosisSchema, diagnosisView } from './diagnosis.ts';
import { rfc3339, timeSchema } from './json.ts';
import { failureOrNull, failureSchema, stageSchema, stageView } from './stage.ts';

export const protocolSchema = z
  .strictObject({
    success: z.boolean().nullable().describe('The last probe, unconfirmed'),
    up: z.boolean().nullable().describe('Confirmed; null while unknown'),
    last_run: timeSchema.nullable(),
    last_success: timeSchema.nullable(),
    failing_since: timeSchema.nullable(),
    diagnoses: z.array(diagnosisSchema),
  })
  .meta({ id: 'ProtocolStatus' });

const mailboxMembers = {
  id: z.string(),
  page: pageSchema,
  address: z.string(),
  app: z.string(),
  labels: z.record(z.string(), z.string()),
};

const protocolsSchema = <S extends z.ZodType>(protocol: S) =>
  z.strictObject(perProtocol(() => protocol.optional()));

export const mailboxSchema = z
  .strictObject({ ...mailboxMembers, protocols: protocolsSchema(protocolSchema) })
  .meta({ id: 'Mailbox' });

export const mailboxListSchema = z
  .strictObject({ mailboxes: z.array(mailboxSchema), next: nextSchema })
  .meta({ id: 'MailboxList' });

export const pastProbeSchema = z
  .strictObject({
    time: timeSchema.nullable(),
    success: z.boolean(),
    seconds: z.number(),
    suspect: z.boolean().describe('This process was delayed, so the seconds say nothing about the server'),
    failed_stages: z.array(z.strictObject({ stage: z.enum(STAGE_NAMES), failure: failureSchema.nullable() })),
    cause: z.string().nullable(),
  })
  .meta({ id: 'PastLook' });

export const protocolDetailSchema = z
  .strictObject({
    ...protocolSchema.shape,
    since: timeSchema.nullable().describe('Since when `up` has this value'),
    endpoint: z.string(),
    interval_seconds: z.number(),
    seconds: z.number().nullable().describe('Duration of the last probe'),
    suspect: z.boolean(),
    consecutive_failures: z.int(),
    consecutive_successes: z.int(),
    probes_total: z.int(),
    failures_by_cause: z.record(z.string(), z.int()),
    stages: z
      .array(stageSchema)
      .describe('Empty for a success on another replica, until it is probed on demand'),
    stages_on: z
      .string()
      .nullable()
      .describe('Name of the replica that has the stages of the last probe, if they are not here'),
    history: z.array(pastProbeSchema).describe('Newest first; failures are kept longer than successes'),
  })
  .meta({ id: 'ProtocolDetail' });

export const mailboxDetailSchema = z
  .strictObject({
    ...mailboxMembers,
    replica: z.string().nullable().describe('Name of the replica that probes it; null while none does'),
    as_of: timeSchema.nullable().describe('Its state is shown as of then'),
    protocols: protocolsSchema(protocolDetailSchema),
  })
  .meta({ id: 'MailboxDetail' });

type MailboxView = z.infer<typeof mailboxSchema>;
export type MailboxDetailView = z.infer<typeof mailboxDetailSchema>;

export function mailboxView({ mailbox, targets }: MailboxStatus): MailboxView {
  const { id, address, app, labels } = mailbox;
  const protocols: MailboxView['protocols'] = {};
  for (const status of targets) protocols[status.target.protocol] = protocolView(status);
  return { id, page: mailboxPath(id), address, app, labels, protocols };
}

/** `holder` is the replica that probes the mailbox. */
export function mailboxDetailView(
  { mailbox, targets }: MailboxStatus,
  holder: ReplicaState | undefined,
): MailboxDetailView {
  const { id, address, app, labels } = mailbox;
  const protocols: MailboxDetailView['protocols'] = {};
  for (const status of targets) protocols[status.target.protocol] = protocolDetailView(status, holder);
  return {
    id,
    page: mailboxPath(id),
    address,
    app,
    labels,
    replica: holder?.name ?? null,
    as_of: rfc3339(holder?.asOf),
    protocols,
  };
}

function protocolView(status: TargetStatus): z.infer<typeof protocolSchema> {
  const { confirmed, lastProbe } = status;
  return {
    success: lastProbe?.success ?? null,
    up: confirmed === 'unknown' ? null : confirmed === 'up',
    last_run: rfc3339(lastProbe?.evidence.startedAt),
    last_success: rfc3339(status.lastSuccess),
    failing_since: rfc3339(status.failingSince),
    diagnoses: lastProbe?.diagnoses.map(diagnosisView) ?? [],
  };
}

function protocolDetailView(
  status: TargetStatus,
  holder: ReplicaState | undefined,
): z.infer<typeof protocolDetailSchema> {
  const { target, lastProbe } = status;
  const isElsewhere = holder?.isSelf === false && lastProbe?.evidence.stages.length === 0;
  return {
    ...protocolView(status),
    since: rfc3339(status.confirmedSince),
    endpoint: endpointName(target.endpoint),
    interval_seconds: target.intervalMs / 1000,
    seconds: lastProbe?.evidence.seconds ?? null,
    suspect: lastProbe !== undefined && isSuspect(lastProbe.evidence),
    consecutive_failures: status.consecutiveFailures,
    consecutive_successes: status.consecutiveSuccesses,
    probes_total: status.probesTotal,
    failures_by_cause: { ...status.failuresByCause },
    stages: lastProbe?.evidence.stages.map(stageView) ?? [],
    stages_on: isElsewhere ? holder.name : null,
    history: status.history.map(pastProbeView),
  };
}

function pastProbeView({ evidence, success, diagnoses }: ProbeResult): z.infer<typeof pastProbeSchema> {
  return {
    time: rfc3339(evidence.startedAt),
    success,
    seconds: evidence.seconds,
    suspect: isSuspect(evidence),
    failed_stages: failedStages(evidence).map(({ stage, failure }) => ({
      stage,
      failure: failureOrNull(failure),
    })),
    cause: diagnoses[0]?.cause ?? null,
  };
}
