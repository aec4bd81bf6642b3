/**
 * Diagnoses a problem of the prober itself that no probe found, such as that of its store or its notifications. Each
 * such problem has a `diagnose-*.ts` file, which calls this. The texts are in the rule of the cause.
 */
import type { Cause } from '../model/cause.ts';
import { emptyContext } from '../model/context.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { USUAL_PROTOCOL } from '../model/protocol.ts';
import { caseFactsOf } from './case-facts.ts';
import { composeDiagnosis } from './compose-diagnosis.ts';
import type { Finding } from './rule.ts';

/** A placeholder. A diagnosis of the prober itself names no mailbox, host or protocol, so none of this is shown. */
const NO_PROBE = {
  protocol: USUAL_PROTOCOL,
  seconds: 0,
  stages: [],
  suspect: false,
  standstillMs: 0,
} as const;

/** `prober`: the name of this replica, if one is configured. */
export function diagnoseProber(cause: Cause, finding: Finding, now: number, prober: string): Diagnosis {
  const facts = caseFactsOf({ ...NO_PROBE, startedAt: now }, { ...emptyContext(now), prober });
  return composeDiagnosis({ cause, finding }, { rivals: [] }, facts);
}
