/** Makes the diagnosis that the store fails. The daemon calls this when the store becomes unavailable. */
import { PROBER, type Diagnosis } from '../model/diagnosis.ts';
import type { StoreFailure } from '../model/store-error.ts';
import { diagnoseProber } from './diagnose-prober.ts';

/** `message` is the store's error, for people. */
export function diagnoseStore(
  { code, message }: { readonly code: StoreFailure; readonly message: string },
  now: number,
  prober = PROBER,
): Diagnosis {
  const finding = {
    confidence: 'certain',
    about: 'store',
    detail: code,
    because: [`store: ${message}`],
  } as const;
  return diagnoseProber('store-unavailable', finding, now, prober);
}
