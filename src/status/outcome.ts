/** What does a probe's evidence come to, before anybody asks what it means? Read by the store for confirmation. */
import type { OwnNetwork } from '../model/context.ts';
import { failedStages, isSuccess, type Evidence } from '../model/evidence.ts';
import { isStarved } from '../model/starved.ts';
import type { Outcome } from './confirmation.ts';
import { isSilent } from './own-network.ts';

export function outcomeOf(evidence: Evidence, ownNetwork: OwnNetwork): Outcome {
  const throttled = failedStages(evidence).find(({ failure }) => failure?.kind === 'throttled');
  const retryAfterSeconds = throttled?.failure?.retryAfterSeconds;
  return {
    success: isSuccess(evidence),
    startedAt: evidence.startedAt,
    isolated: (ownNetwork === 'down' && isSilent(evidence)) || isStarved(evidence),
    throttled: throttled !== undefined,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** It failed by a bug of ours, which says nothing of the mailbox. */
export function isOurBug(evidence: Evidence): boolean {
  return (
    !isSuccess(evidence) &&
    !isStarved(evidence) &&
    failedStages(evidence).some(({ failure }) => failure?.kind === 'unexpected')
  );
}
