/**
 * Recognizes probes that this process itself disturbed, because it stood still or lacked resources. `isSuspect`: the
 * duration of the probe says nothing about the server, and is left out of latencies. `isStarved`: the failure of the
 * probe says nothing about the servers, and does not count against them.
 */
import { failedStages, isSuccess, type Evidence } from './evidence.ts';
import type { Failure } from './failure.ts';

/** Codes of a process or a system that has no file descriptor left. */
const DESCRIPTOR_CODES: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE']);

/**
 * The code of a failure: a credential file was not read before the deadline of the token request. A file that takes
 * even longer is reported as hanging.
 */
export const SLOW_FILE = 'file-slow';
/**
 * The code of a token request that failed because this process stood still. The standstill is judged by the duration of
 * the request, and the probes that share the request learn the result by this code.
 */
export const STANDSTILL = 'standstill';

/** Codes that show that this machine or this process reached a limit: descriptors, memory, buffers, time. */
const LIMIT_CODES: ReadonlySet<string | undefined> = new Set([
  ...DESCRIPTOR_CODES,
  'ENOBUFS',
  'ENOMEM',
  'EBUSY',
  SLOW_FILE,
  // A file was not read, because too many other files hang or are slow.
  'file-not-tried',
  STANDSTILL,
]);

/** The duration of a probe is suspect if the standstill was longer than this time and than this share of the probe. */
const SUSPECT_MS = 100;
const SUSPECT_SHARE = 0.1;

/** A timeout counts as caused by this process only if it stood still for more than this share of the time. */
const TIMEOUT_SHARE = 0.5;

/**
 * Servers wait this long or longer before they disconnect a silent client. A disconnection after a shorter silence had
 * another reason.
 */
const SERVER_PATIENCE_MS = 5000;

type Timed = Pick<Evidence, 'seconds' | 'standstillMs'>;

/** Whether this process stood still for so much of the probe that the duration says nothing about the server. */
export function isSuspect(probe: Timed): boolean {
  return probe.standstillMs > SUSPECT_MS && shareOf(probe) > SUSPECT_SHARE;
}

export function isOutOfDescriptors({ code }: Failure): boolean {
  return DESCRIPTOR_CODES.has(code);
}

/**
 * Whether the probe failed because this process lacked descriptors, memory, files or time. A refusal by the server
 * always counts, even if this process read it late.
 */
export function isStarved(evidence: Pick<Evidence, 'protocol' | 'stages'> & Timed): boolean {
  if (isSuccess(evidence)) return false;
  return failedStages(evidence).some(
    ({ failure }) =>
      failure !== undefined && (LIMIT_CODES.has(failure.code) || isCausedByStandstill(failure, evidence)),
  );
}

/** Whether the standstill caused this failure. `probe` is the probe or the token request that the failure ended. */
export function isCausedByStandstill({ kind, code, status }: Failure, probe: Timed): boolean {
  if (kind === 'timeout') return shareOf(probe) > TIMEOUT_SHARE;
  // The token may have expired while this process stood still.
  if (kind === 'claims' && code === 'token-expired') return probe.standstillMs >= SERVER_PATIENCE_MS;
  const isCutOff = kind === 'reset' || kind === 'closed' || status === 'BYE';
  return isCutOff && probe.standstillMs >= SERVER_PATIENCE_MS;
}

/** Returns the share of the probe in which this process stood still. It is over 1 if the machine slept. */
function shareOf({ seconds, standstillMs }: Timed): number {
  return standstillMs === 0 ? 0 : standstillMs / (seconds * 1000);
}
