/** Records problems of the prober itself: of its notifications, its schedule and its store. Created by the engine. */
import { diagnoseOverload, type OverloadFacts } from './diagnosis/diagnose-overload.ts';
import { diagnoseStore } from './diagnosis/diagnose-store.ts';
import type { Diagnosis } from './model/diagnosis.ts';
import type { StoreError } from './model/store-error.ts';
import type { StatusStore } from './status/status-store.ts';

export interface ProberProblems {
  /** Records that notifications do not arrive. `undefined` records that they arrive again. */
  readonly recordNotifications: (diagnosis: Diagnosis | undefined) => void;
  /** Records that probes start too late for their interval. `undefined` records that they start in time again. */
  readonly recordOverload: (overload: OverloadFacts | undefined) => void;
  /** Records that the store is unavailable. `undefined` records that it is available again. */
  readonly recordStore: (failure: Pick<StoreError, 'code' | 'message'> | undefined) => void;
}

/** `prober`: the name of this replica, if there are several. */
export function createProberProblems(
  status: Pick<StatusStore, 'recordProberDiagnoses'>,
  prober: string | undefined,
): ProberProblems {
  const record = status.recordProberDiagnoses;
  return {
    recordNotifications: (diagnosis) =>
      record('notifications', diagnosis === undefined ? [] : [diagnosis], Date.now()),
    recordOverload: (overload) => {
      const now = Date.now();
      record('schedule', overload === undefined ? [] : [diagnoseOverload(overload, now, prober)], now);
    },
    recordStore: (failure) => {
      const now = Date.now();
      record('store', failure === undefined ? [] : [diagnoseStore(failure, now, prober)], now);
    },
  };
}
