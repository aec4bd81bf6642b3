/**
 * Changes of a target's confirmed state as history keeps them: dated by the probes that showed them, not by their
 * confirmation. Made by the status store; `store/` keeps them.
 */
import type { StateChange, TargetMemory } from '../model/memory.ts';
import { targetKey } from '../model/target.ts';
import type { TargetRecord } from './target-record.ts';

/** The record's present state, since when it is. */
export function stateChangeOf({ status, confirmation }: TargetRecord): StateChange {
  const { mailbox, protocol, app } = status.target;
  const { confirmed: state, changedAt: at } = confirmation;
  return { key: targetKey(status.target), mailbox: mailbox.id, protocol, app: app.id, at, state };
}

/** It is no longer watched. */
export function removalOf(
  { key, mailbox, protocol, app }: Pick<TargetMemory, 'key' | 'mailbox' | 'protocol' | 'app'>,
  at: number,
): StateChange {
  return { key, mailbox, protocol, app, at, state: 'removed' };
}
