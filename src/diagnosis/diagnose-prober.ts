/**
 * A problem of the prober's own, which no probe found: its store, its notifications. Called by the files that name one; the
 * rule of the cause has the texts.
 */
import type { Cause } from '../model/cause.ts';
import { emptyContext } from '../model/context.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { caseFactsOf } from './case-facts.ts';
import { composeDiagnosis } from './compose-diagnosis.ts';
import type { Finding } from './rule.ts';

/** A probe of nothing: the texts of these causes name no mailbox and no host. */
const NO_PROBE = { protocol: 'imap', seconds: 0, stages: [], suspect: false, standstillMs: 0 } as const;

/** `prober`: the name of this replica, where one is configured. */
export function diagnoseProber(cause: Cause, finding: Finding, now: number, prober: string): Diagnosis {
  const facts = caseFactsOf({ ...NO_PROBE, startedAt: now }, { ...emptyContext(now), prober });
  return composeDiagnosis({ cause, finding }, { rivals: [] }, facts);
}
