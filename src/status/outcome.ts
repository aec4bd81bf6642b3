/** What does a look's evidence come to, before anybody asks what it means? Read by the store for confirmation. */
import type { OwnNetwork } from '../model/context.ts';
import { failedStages, isSuccess, type Evidence } from '../model/evidence.ts';
import type { Outcome } from './confirmation.ts';
import { isSilent } from './own-network.ts';

export function outcomeOf(evidence: Evidence, ownNetwork: OwnNetwork): Outcome {
  const throttled = failedStages(evidence).find(({ failure }) => failure?.kind === 'throttled');
  const retryAfterSeconds = throttled?.failure?.retryAfterSeconds;
  return {
    success: isSuccess(evidence),
    startedAt: evidence.startedAt,
    isolated: ownNetwork === 'down' && isSilent(evidence),
    throttled: throttled !== undefined,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** A shutdown or a reload cut the look short: it saw nothing worth remembering. */
export function isAborted(evidence: Evidence): boolean {
  return failedBy(evidence, 'aborted');
}

/** It failed by a bug of ours, which says nothing of the mailbox. */
export function isOurBug(evidence: Evidence): boolean {
  return failedBy(evidence, 'unexpected');
}

function failedBy(evidence: Evidence, kind: 'aborted' | 'unexpected'): boolean {
  return !isSuccess(evidence) && failedStages(evidence).some(({ failure }) => failure?.kind === kind);
}
