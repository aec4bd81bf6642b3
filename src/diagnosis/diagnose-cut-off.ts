/**
 * Diagnoses a target that fails because this machine's own network is down. The status store calls it to replace the
 * earlier diagnosis of the failure.
 */
import { emptyContext } from '../model/context.ts';
import { PROBER, type Diagnosis } from '../model/diagnosis.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Target } from '../model/target.ts';
import { composeDiagnosis } from './compose-diagnosis.ts';
import { OWN_NETWORK_DOWN } from './rules/network.ts';
import { caseFactsOf } from './case-facts.ts';

export function diagnoseCutOff(target: Target, now: number, prober = PROBER): Diagnosis {
  const { mailbox, protocol, app } = target;
  const evidence: Evidence = {
    mailbox: mailbox.id,
    protocol,
    app: app.id,
    startedAt: now,
    seconds: 0,
    stages: [],
    standstillMs: 0,
  };
  const facts = caseFactsOf(evidence, { ...emptyContext(now), target, app, ownNetwork: 'down', prober });
  return composeDiagnosis(
    { cause: 'own-network-down', finding: OWN_NETWORK_DOWN },
    { alternatives: [] },
    facts,
  );
}
