/**
 * The log: JSON lines with `event` and ids, or readable text on a terminal. Logs each change of a state, and each probe
 * at level debug.
 * The redactor gets each complete line, so that it covers every field, message, stack and cause. The option `redact` of
 * pino would cover only the paths that it names.
 */
import pino, { type Logger } from 'pino';
import type { CredentialMatch, CredentialStatus } from '../model/credential.ts';
import { type Evidence, failedStages } from '../model/evidence.ts';
import type { LogLevel } from '../model/log-level.ts';
import type { Redactor } from '../model/redactor.ts';
import { isSuspect } from '../model/starved.ts';
import type { Confirmed, ProbeResult, StatusChange } from '../model/status.ts';
import type { StoreError } from '../model/store-error.ts';
import type { Target } from '../model/target.ts';
import { rfc3339 } from './resource/json.ts';

export type { Logger };

export interface LineDestination {
  readonly write: (line: string) => unknown;
}

export interface LoggerOptions {
  readonly level: LogLevel | 'silent';
  /** Rewrites each line. If absent, lines stay JSON. */
  readonly format?: ((line: string) => string) | undefined;
  /** If absent, standard output. It is written synchronously, so that the last line before an exit is not lost. */
  readonly destination?: LineDestination;
  readonly redactor: Redactor;
}

export function createLogger({ level, format, destination, redactor }: LoggerOptions): Logger {
  const out = destination ?? pino.destination({ dest: 1, sync: true });
  const sink: LineDestination = format === undefined ? out : { write: (line) => out.write(format(line)) };
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line) => void sink.write(redactor.redact(line)) },
  );
}

const EVENTS: Readonly<Record<Confirmed, string>> = {
  up: 'mailbox_up',
  down: 'mailbox_down',
  unknown: 'mailbox_unknown',
};

/** Logs a change to `up` as information, and any other change as a warning. */
export function logChange(logger: Logger, { target, from, to, probe }: StatusChange): void {
  const name = `${target.mailbox.id} ${target.protocol}`;
  const title = probe.diagnoses[0]?.title;
  const message = `${name} is ${to}${to === 'up' || title === undefined ? '' : `: ${title}`}`;
  logger[to === 'up' ? 'info' : 'warn'](
    { event: EVENTS[to], ...ids(target), from, to, ...found(probe) },
    message,
  );
}

/** Logs only what changed: whether the credential is accepted, and which of the registered credentials it is. */
export function logCredential(
  logger: Logger,
  status: CredentialStatus,
  before: CredentialStatus | undefined,
): void {
  const { app, valid, match, previousInUse = false, refusal, endDates } = status;
  if (valid !== before?.valid || previousInUse !== (before?.previousInUse ?? false)) {
    const fields = { app, ...(refusal && { kind: refusal.kind, code: refusal.code, text: refusal.text }) };
    if (valid === true)
      logger.info({ event: 'credential_accepted', ...fields }, `${app}: credential accepted`);
    if (valid === false) {
      const more = previousInUse ? '; the previous one still works and stays in use' : '';
      const message = `${app}: credential refused${more}: ${refusal?.text ?? 'no reason was given'}`;
      logger.warn({ event: 'credential_refused', previousInUse, ...fields }, message);
    }
  }
  if (match === before?.match || match === 'unknown') return;
  const ends = endDates.map(({ source, expiresAt }) => ({ source, expiresAt: rfc3339(expiresAt) }));
  const level = match === 'matched' || match === 'ambiguous' ? 'info' : 'warn';
  logger[level]({ event: 'credential_match', app, match, ends }, `${app}: ${MATCH_LABELS[match]}`);
}

const MATCH_LABELS: Readonly<Record<Exclude<CredentialMatch, 'unknown'>, string>> = {
  matched: 'the configured credential is one of the registered ones',
  ambiguous: 'several registered secrets begin with the same characters as the configured one',
  none: 'the configured credential is none of the registered ones',
  'secret-id': 'the configured secret is the ID of a registered secret, not its value',
};

export function logProbe(logger: Logger, target: Target, probe: ProbeResult): void {
  if (!logger.isLevelEnabled('debug')) return;
  const message = `${target.mailbox.id} ${target.protocol}: ${probe.success ? 'opened' : 'failed'}`;
  logger.debug({ event: 'probe', ...ids(target), success: probe.success, ...found(probe) }, message);
}

/**
 * Logs at level debug that a result is not used, because mailprobe ended the probe or another replica now probes the
 * app.
 */
export function logDiscarded(logger: Logger, target: Target, { seconds }: Evidence): void {
  if (!logger.isLevelEnabled('debug')) return;
  const message = `${target.mailbox.id} ${target.protocol}: the result is discarded`;
  logger.debug({ event: 'probe_discarded', ...ids(target), seconds }, message);
}

function ids({ mailbox, protocol }: Target): object {
  return { mailbox: mailbox.id, protocol, app: mailbox.app };
}

function found({ evidence, diagnoses }: ProbeResult): object {
  const [failed] = failedStages(evidence);
  const [first] = diagnoses;
  return {
    seconds: evidence.seconds,
    ...(isSuspect(evidence) ? { suspect: true } : {}),
    ...(failed && { stage: failed.stage, kind: failed.failure?.kind, code: failed.failure?.code }),
    ...(failed?.failure && { text: failed.failure.text }),
    ...(first && { cause: first.cause, confidence: first.confidence, owner: first.owner }),
  };
}

/** Logs once when the store becomes unavailable, and once when it is back. */
export function logStore(
  logger: Logger,
  {
    up,
    pending,
    failure,
  }: {
    readonly up: boolean;
    readonly pending: number;
    readonly failure?: Pick<StoreError, 'code' | 'message'>;
  },
): void {
  if (up)
    logger.info(
      { event: 'store_back', pending },
      'the store is available again: pending changes are being written',
    );
  else
    logger.warn(
      { event: 'store_unavailable', code: failure?.code, pending },
      `${failure?.message ?? 'the store is unavailable'}; probing continues, changes are kept in memory`,
    );
}
