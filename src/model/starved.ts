/**
 * What a standstill of this process means for a probe. Does its duration say anything about the server (`isSuspect`,
 * for latencies)? May the standstill have caused the failure (`isStarved`, for the verdict and for what counts)?
 */
import { failedStages, isSuccess, type Evidence } from './evidence.ts';
import type { Failure } from './failure.ts';

/** Codes of a process or a system that has no file descriptor left. */
const DESCRIPTOR_CODES: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE']);

/**
 * The code of a file that was not read before a deadline shorter than the limit after which a file counts as hanging.
 */
export const SLOW_FILE = 'file-slow';
/**
 * The code of a token request that timed out because this process stood still. Probes share its failure, but not its
 * duration.
 */
export const STANDSTILL = 'standstill';

/** Limits of this machine and this process: descriptors, memory, buffers, time. */
const LIMIT_CODES: ReadonlySet<string | undefined> = new Set([
  ...DESCRIPTOR_CODES,
  'ENOBUFS',
  'ENOMEM',
  'EBUSY',
  SLOW_FILE,
  // The file was not read, because other files hang or are slow.
  'file-not-tried',
  STANDSTILL,
]);

/** A standstill longer than this, and longer than this share of the probe, distorts its duration. */
const SUSPECT_MS = 100;
const SUSPECT_SHARE = 0.1;

/** A timeout is ours only if this process stood still for more than this share of the time. */
const TIMEOUT_SHARE = 0.5;

/** Servers give up on a silent client after many seconds. A shorter silence is not why they closed the connection. */
const SERVER_PATIENCE_MS = 5000;

type Timed = Pick<Evidence, 'seconds' | 'standstillMs'>;

/** The duration of this probe includes our own standstill, and says nothing about the server. */
export function isSuspect(probe: Timed): boolean {
  return probe.standstillMs > SUSPECT_MS && shareOf(probe) > SUSPECT_SHARE;
}

export function isOutOfDescriptors({ code }: Failure): boolean {
  return DESCRIPTOR_CODES.has(code);
}

/**
 * The probe failed because this process had no descriptor or no time. It says nothing about the servers. A refusal
 * that arrived stays a refusal, however late it was read.
 */
export function isStarved(evidence: Pick<Evidence, 'protocol' | 'stages'> & Timed): boolean {
  if (isSuccess(evidence)) return false;
  return failedStages(evidence).some(
    ({ failure }) =>
      failure !== undefined && (LIMIT_CODES.has(failure.code) || isCausedByStandstill(failure, evidence)),
  );
}

/** Did the standstill cause this failure, which ended something of that duration? */
export function isCausedByStandstill({ kind, code, status }: Failure, probe: Timed): boolean {
  if (kind === 'timeout') return shareOf(probe) > TIMEOUT_SHARE;
  // The token was valid when the probe began.
  if (kind === 'claims' && code === 'token-expired') return probe.standstillMs >= SERVER_PATIENCE_MS;
  const isCutOff = kind === 'reset' || kind === 'closed' || status === 'BYE';
  return isCutOff && probe.standstillMs >= SERVER_PATIENCE_MS;
}

/** The share of the probe in which this process stood still. More than 1 if the machine slept. */
function shareOf({ seconds, standstillMs }: Timed): number {
  return standstillMs === 0 ? 0 : standstillMs / (seconds * 1000);
}
