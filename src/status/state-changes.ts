/**
 * Makes the changes of confirmed states that `store/` keeps. A change has the time of the probe that first showed the
 * new state, not the time of the confirmation.
 */
import type { StateChange, TargetMemory } from '../model/memory.ts';
import { targetKey } from '../model/target.ts';
import type { TargetRecord } from './target-record.ts';

export function stateChangeOf({ status, confirmation }: TargetRecord): StateChange {
  const { mailbox, protocol, app } = status.target;
  const { confirmed: state, changedAt: at } = confirmation;
  return { key: targetKey(status.target), mailbox: mailbox.id, protocol, app: app.id, at, state };
}

export function removalOf(
  { key, mailbox, protocol, app }: Pick<TargetMemory, 'key' | 'mailbox' | 'protocol' | 'app'>,
  at: number,
): StateChange {
  return { key, mailbox, protocol, app, at, state: 'removed' };
}
