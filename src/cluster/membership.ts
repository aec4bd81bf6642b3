/**
 * Is this replica alive for the others, and is its lease valid by its own clocks? Renews the lease, pauses when it
 * ends, and joins under a new id if others considered this replica dead. Part of `leases.ts`.
 */
import { randomUUID } from 'node:crypto';
import type { ClusterClock } from './clock.ts';
import type { ClusterEdges } from './cluster.ts';
import type { Declared, ReplicaTable } from './replica-table.ts';
import { createOwnLease } from './own-lease.ts';

export interface Membership {
  /** Returns the id of this replica. It changes each time that others considered the replica dead. */
  readonly id: () => string;
  readonly isJoined: () => boolean;
  readonly isValid: () => boolean;
  /**
   * Renews the lease, or joins under a new id if others considered this replica dead. Rejects while the database does
   * not answer.
   */
  readonly renew: () => Promise<void>;
  /**
   * Is this replica allowed to declare others dead? Only if its own lease has been valid for at least half of a lease's
   * length, so that all others had time to renew theirs.
   */
  readonly mayBury: () => boolean;
  readonly close: () => void;
}

export interface MembershipParts extends Pick<ClusterEdges, 'onPaused' | 'onResumed'> {
  readonly table: Pick<ReplicaTable, 'renew' | 'join'>;
  readonly clock: ClusterClock;
  readonly leaseMs: number;
  readonly marginMs: number;
  readonly name: string;
  readonly declared: () => Declared;
  /** Called if others considered this replica dead, so that it no longer holds any app. */
  readonly onBuried: () => void;
}

export function createMembership(parts: MembershipParts): Membership {
  const { table, clock, leaseMs, marginMs, name, declared, onBuried, onPaused, onResumed } = parts;
  let id = randomUUID();
  let isJoined = false;
  let isPaused = false;
  /** The time since which the lease has been valid without a gap, by the monotonic clock. */
  let aliveSince = Number.POSITIVE_INFINITY;
  const pause = (): void => {
    if (!isPaused) onPaused();
    isPaused = true;
  };
  const own = createOwnLease(clock, leaseMs - marginMs, pause);
  const joinAnew = async (): Promise<void> => {
    if (isJoined) onBuried();
    id = randomUUID();
    await table.join(id, name, declared());
    isJoined = true;
  };

  return {
    id: () => id,
    isJoined: () => isJoined,
    isValid: own.isValid,
    renew: async () => {
      const wasValid = own.isValid();
      // If this process was suspended, this line can run before the timer that would have called `pause`.
      if (isJoined && !wasValid) pause();
      const renewed = own.renewing();
      if (!isJoined || !(await table.renew(id))) await joinAnew();
      if (!wasValid) aliveSince = clock.monotonic();
      renewed();
      // Called even if all apps were lost during the pause, so that the apps that are gained next are probed.
      if (isPaused) onResumed();
      isPaused = false;
    },
    mayBury: () => clock.monotonic() - aliveSince >= leaseMs / 2,
    close: own.close,
  };
}
