/** Returns what confirmation needs to know about a probe, before the probe is diagnosed. */
import type { OwnNetwork } from '../model/context.ts';
import { failedStages, isSuccess, type Evidence } from '../model/evidence.ts';
import { isStarved } from '../model/starved.ts';
import type { Outcome } from './confirmation.ts';
import { isSilent } from './own-network.ts';

export function outcomeOf(evidence: Evidence, ownNetwork: OwnNetwork): Outcome {
  const throttled = failedStages(evidence).find(({ failure }) => failure?.kind === 'throttled');
  const starved = isStarved(evidence);
  const retryAfterSeconds = throttled?.failure?.retryAfterSeconds;
  return {
    success: isSuccess(evidence),
    startedAt: evidence.startedAt,
    isolated: (ownNetwork === 'down' && isSilent(evidence)) || starved,
    starved,
    throttled: throttled !== undefined,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** Whether the probe failed because of a bug in mailprobe. Such a failure says nothing about the mailbox. */
export function isOurBug(evidence: Evidence): boolean {
  return (
    !isSuccess(evidence) &&
    !isStarved(evidence) &&
    failedStages(evidence).some(({ failure }) => failure?.kind === 'unexpected')
  );
}
