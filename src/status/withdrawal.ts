/**
 * If this machine's network turns out to be down, the silence of a server proves nothing. So targets that only silence
 * confirmed down become unknown. The status store calls this after every probe and every control connection.
 */
import type { StatusChange } from '../model/status.ts';
import type { Target } from '../model/target.ts';
import { withdraw, type Confirmation } from './confirmation.ts';
import { isSilent, type OwnNetworkWatch } from './own-network.ts';
import { withConfirmation, type TargetRecord } from './target-record.ts';
import type { TargetTable } from './target-table.ts';

export interface WithdrawalParts {
  readonly table: Pick<TargetTable, 'records' | 'put'>;
  readonly network: Pick<OwnNetworkWatch, 'verdict'>;
  /** Reports a changed confirmed state. */
  readonly onChanged: (record: TargetRecord) => void;
  /** Replaces the findings of the target with those that the new confirmation allows. */
  readonly updateProblems: (record: TargetRecord, after: Confirmation, now: number) => void;
}

/** `except` is the target whose probe is being recorded. That target is evaluated separately. */
export function createWithdrawal({ table, network, updateProblems, onChanged }: WithdrawalParts) {
  let wasDown = false;

  return (now: number, except?: Target): readonly StatusChange[] => {
    const isDown = network.verdict(now) === 'down';
    const isNews = isDown && !wasDown;
    wasDown = isDown;
    if (!isNews) return [];
    const changes: StatusChange[] = [];
    for (const record of table.records()) {
      const { target, lastProbe: probe, confirmed } = record.status;
      if (target === except || confirmed !== 'down' || probe === undefined || !isSilent(probe.evidence))
        continue;
      const confirmation = withdraw(record.confirmation, now);
      const after = withConfirmation(record, confirmation);
      table.put(after);
      onChanged(after);
      updateProblems(record, confirmation, now);
      changes.push({ target, from: 'down', to: 'unknown', at: now, probe });
    }
    return changes;
  };
}
