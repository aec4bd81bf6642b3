/**
 * Diagnoses a problem of mailprobe itself that no probe found, such as a store that fails. Each such problem has a
 * `diagnose-*.ts` file, which calls this function.
 */
import type { Cause } from '../model/cause.ts';
import { emptyContext } from '../model/context.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { USUAL_PROTOCOL } from '../model/protocol.ts';
import { caseFactsOf } from './case-facts.ts';
import { composeDiagnosis } from './compose-diagnosis.ts';
import type { Finding } from './rule.ts';

/**
 * Evidence without a probe. A diagnosis of mailprobe itself shows no mailbox, host or protocol, so these values never
 * appear.
 */
const NO_PROBE = {
  protocol: USUAL_PROTOCOL,
  seconds: 0,
  stages: [],
  suspect: false,
  standstillMs: 0,
} as const;

/** `prober` is the name of this replica, or `PROBER` if none is configured. */
export function diagnoseProber(cause: Cause, finding: Finding, now: number, prober: string): Diagnosis {
  const facts = caseFactsOf({ ...NO_PROBE, startedAt: now }, { ...emptyContext(now), prober });
  return composeDiagnosis({ cause, finding }, { alternatives: [] }, facts);
}
