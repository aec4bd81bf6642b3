/**
 * Makes the changes of a target's confirmed state that the history keeps. A change has the time of the probe that first
 * showed it, not of its confirmation. Called by the status store; `store/` keeps them.
 */
import type { StateChange, TargetMemory } from '../model/memory.ts';
import { targetKey } from '../model/target.ts';
import type { TargetRecord } from './target-record.ts';

/** Returns the record's present state and its start. */
export function stateChangeOf({ status, confirmation }: TargetRecord): StateChange {
  const { mailbox, protocol, app } = status.target;
  const { confirmed: state, changedAt: at } = confirmation;
  return { key: targetKey(status.target), mailbox: mailbox.id, protocol, app: app.id, at, state };
}

/** Returns the change of a target that is no longer watched. */
export function removalOf(
  { key, mailbox, protocol, app }: Pick<TargetMemory, 'key' | 'mailbox' | 'protocol' | 'app'>,
  at: number,
): StateChange {
  return { key, mailbox, protocol, app, at, state: 'removed' };
}
