/**
 * The result of `check` for each mailbox and protocol, and the exit code. The results come from probes (`check.ts`) or
 * from a daemon (`check-daemon.ts`). Printed by `check-report.ts` and `check-nagios.ts`. Pure.
 */
import { isWarning } from '../diagnosis/is-warning.ts';
import type { Cause } from '../model/cause.ts';
import { endDateInUse, type CredentialStatus } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { failedStages, stageOf, type Evidence } from '../model/evidence.ts';
import { isSuspect } from '../model/starved.ts';
import { endpointName } from '../model/target.ts';
import { daysLeft } from '../report/resource/credential.ts';
import { diagnosisView } from '../report/resource/diagnosis.ts';
import { stageView } from '../report/resource/stage.ts';
import { EXIT } from './command.ts';
import type { DiagnosedProbe } from './probe-once.ts';

/**
 * A diagnosis of this program or of a daemon. A daemon of another version may name a cause that this program does not
 * know.
 */
export interface ShownDiagnosis extends Omit<Diagnosis, 'cause' | 'alternativeTo' | 'lookAlikes'> {
  readonly cause: string;
  readonly alternativeTo?: string;
  readonly lookAlikes: readonly { readonly cause: string; readonly test: string }[];
}

export interface CheckedTarget {
  readonly mailbox: string;
  readonly address: string;
  readonly protocol: string;
  readonly app: string;
  readonly endpoint?: string;
  readonly state: 'open' | 'down' | 'unknown';
  /** Why the state is unknown, if no diagnosis states it. */
  readonly note?: string;
  readonly seconds?: number;
  readonly messages?: number;
  readonly failedStage?: string;
  /** Absent if the result comes from a daemon. */
  readonly evidence?: Evidence;
  readonly diagnoses: readonly ShownDiagnosis[];
  /**
   * The causes that would come first if their condition were met. A condition is about the past, which a single probe
   * does not know.
   */
  readonly overTime?: readonly { readonly condition: string; readonly cause: string }[];
  /** The result as `--format json` writes it. */
  readonly json: object;
}

export interface CredentialDays {
  readonly app: string;
  /** Whole days, rounded down. Negative if the credential has ended. */
  readonly daysLeft: number;
}

export interface CheckResult {
  readonly targets: readonly CheckedTarget[];
  readonly credentials: readonly CredentialDays[];
  /** A sentence for people about further probes that were made to see how many mailboxes are affected. */
  readonly note?: string;
}

/** Days before the end of a credential. If absent, the diagnoses decide whether its end is near. */
export interface Thresholds {
  readonly warningDays?: number;
  readonly criticalDays?: number;
}

/**
 * If the command line has thresholds, diagnoses of this cause do not count. The days left are compared with the
 * thresholds instead.
 */
const EXPIRING: Cause = 'secret-expiring';

/** Nagios ranks critical before unknown, and unknown before warning. */
const WORST_FIRST = [EXIT.critical, EXIT.unknown, EXIT.warning, EXIT.ok];

export function worstOf(codes: readonly number[]): number {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.unknown;
}

export function exitCodeOf({ targets, credentials }: CheckResult, thresholds: Thresholds = {}): number {
  return worstOf([
    ...targets.map((target) => exitCodeOfTarget(target, thresholds)),
    ...credentials.map((credential) => exitCodeOfDays(credential, thresholds)),
  ]);
}

export function exitCodeOfTarget({ state, diagnoses }: CheckedTarget, { warningDays }: Thresholds): number {
  if (state === 'unknown') return EXIT.unknown;
  if (state === 'down') return EXIT.critical;
  const counts = diagnoses.filter(({ cause }) => warningDays === undefined || cause !== EXPIRING);
  return counts.some(isWarning) ? EXIT.warning : EXIT.ok;
}

export function exitCodeOfDays(
  { daysLeft: days }: CredentialDays,
  { warningDays, criticalDays }: Thresholds,
): number {
  if (criticalDays !== undefined && days < criticalDays) return EXIT.critical;
  return warningDays !== undefined && days < warningDays ? EXIT.warning : EXIT.ok;
}

/**
 * Converts a probe to a result. The state is `unknown` if the probe was aborted, met a bug, or failed because of this
 * machine's own network: such a probe shows nothing about the mailbox.
 */
export function checkedProbe(probe: DiagnosedProbe): CheckedTarget {
  const { target, evidence, success, diagnoses } = probe;
  const ours = failedStages(evidence).some(({ failure }) =>
    ['aborted', 'unexpected'].includes(failure?.kind ?? ''),
  );
  const isUnknown = ours || diagnoses[0]?.scope === 'prober';
  const messages = stageOf(evidence, 'open')?.facts.messages;
  const failed = failedStages(evidence)[0];
  return {
    mailbox: target.mailbox.id,
    address: target.mailbox.address,
    protocol: target.protocol,
    app: target.app.id,
    endpoint: endpointName(target.endpoint),
    state: success ? 'open' : isUnknown ? 'unknown' : 'down',
    seconds: evidence.seconds,
    ...(messages === undefined ? {} : { messages }),
    ...(failed === undefined ? {} : { failedStage: failed.stage }),
    evidence,
    diagnoses,
    overTime: probe.overTime.map(({ condition, diagnosis: { cause } }) => ({ condition, cause })),
    json: {
      mailbox: target.mailbox.id,
      protocol: target.protocol,
      app: target.app.id,
      ok: success,
      seconds: evidence.seconds,
      suspect: isSuspect(evidence),
      stages: evidence.stages.map(stageView),
      ...(probe.trace === undefined ? {} : { trace: probe.trace }),
      diagnoses: diagnoses.map(diagnosisView),
      only_time_can_tell: probe.overTime.map(({ condition, diagnosis: { cause, title } }) => ({
        if: condition,
        cause,
        title,
      })),
    },
  };
}

export function daysOf(credential: CredentialStatus, now: number): readonly CredentialDays[] {
  const used = endDateInUse(credential, now);
  return used === undefined ? [] : [{ app: credential.app, daysLeft: daysLeft(used.end.expiresAt, now) }];
}
