/**
 * Was it this process that failed, for want of descriptors or of time? Asked by `diagnosis/` for the verdict and by
 * `status/` for what counts.
 */
import { failedStages, isSuccess, type Evidence, type Failure } from './evidence.ts';

/** Limits of this machine and this process: descriptors, memory, buffers. */
const LIMIT_CODES: ReadonlySet<string | undefined> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EBUSY',
]);

/** What time alone decides: the other side gave up on us, or we on it. */
function isByTime({ kind, status }: Failure): boolean {
  return kind === 'timeout' || kind === 'reset' || kind === 'closed' || status === 'BYE';
}

/**
 * It failed because this process had no descriptor, or no time, and says nothing of the servers. A refusal that was
 * received stays a refusal, however late we read it.
 */
export function isStarved(evidence: Pick<Evidence, 'protocol' | 'stages' | 'suspect'>): boolean {
  if (isSuccess(evidence)) return false;
  return failedStages(evidence).some(
    ({ failure }) =>
      failure !== undefined && (LIMIT_CODES.has(failure.code) || (evidence.suspect && isByTime(failure))),
  );
}
