/** Notifications that do not arrive, as a problem of the prober's own. The daemon asks while a channel fails. */
import { emptyContext } from '../model/context.ts';
import { PROBER, type Diagnosis } from '../model/diagnosis.ts';
import { caseFactsOf } from './case-facts.ts';
import { composeDiagnosis } from './compose-diagnosis.ts';

/** `reason`: what the other side said, bounded and redacted. `prober`: the name of this replica, where one is configured. */
export function diagnoseNotify(
  failing: readonly { readonly channel: string; readonly reason: string }[],
  now: number,
  prober = PROBER,
): Diagnosis {
  const evidence = {
    protocol: 'imap',
    startedAt: now,
    standstillMs: 0,
    seconds: 0,
    stages: [],
    suspect: false,
  } as const;
  const facts = caseFactsOf(evidence, { ...emptyContext(now), prober });
  const finding = {
    confidence: 'certain',
    about: 'notify',
    because: failing.map(({ channel, reason }) => `channel ${channel}: ${reason}`),
  } as const;
  return composeDiagnosis({ cause: 'notification-failing', finding }, { rivals: [] }, facts);
}
