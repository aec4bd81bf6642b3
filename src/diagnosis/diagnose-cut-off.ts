/**
 * What is wrong with a target that this machine's own network cuts off, whatever its failure was taken for before
 * that was known: the rule `own-network-down`, with the names of the target. The status store asks it.
 */
import { emptyContext } from '../model/context.ts';
import { PROBER, type Diagnosis } from '../model/diagnosis.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Target } from '../model/target.ts';
import { composeDiagnosis } from './compose-diagnosis.ts';
import { CUT_OFF } from './rules/network.ts';
import { caseFactsOf } from './case-facts.ts';

/** `prober`: the name of this replica, where one is configured. */
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
  return composeDiagnosis({ cause: 'own-network-down', finding: CUT_OFF }, { rivals: [] }, facts);
}
