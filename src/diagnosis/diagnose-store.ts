/** What is wrong with the store, as a problem of the prober's own. The daemon asks when the store goes away. */
import { emptyContext } from '../model/context.ts';
import { PROBER, type Diagnosis } from '../model/diagnosis.ts';
import type { StoreFailure } from '../model/store-error.ts';
import { caseFactsOf } from './case-facts.ts';
import { composeDiagnosis } from './compose-diagnosis.ts';

/** `message`: what the store said, for people. `prober`: the name of this replica, where one is configured. */
export function diagnoseStore(
  { code, message }: { readonly code: StoreFailure; readonly message: string },
  now: number,
  prober = PROBER,
): Diagnosis {
  const evidence = {
    protocol: 'imap',
    startedAt: now,
    seconds: 0,
    stages: [],
    suspect: false,
    standstillMs: 0,
  } as const;
  const facts = caseFactsOf(evidence, { ...emptyContext(now), prober });
  const finding = {
    confidence: 'certain',
    about: 'store',
    detail: code,
    because: [`store: ${message}`],
  } as const;
  return composeDiagnosis({ cause: 'store-unavailable', finding }, { rivals: [] }, facts);
}
