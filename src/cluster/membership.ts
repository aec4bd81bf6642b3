/**
 * Do other replicas consider this one alive, and is its lease valid by its own clocks? Renews its row, joins under a
 * new id if others considered it dead, and pauses when its lease ends. Part of `leases.ts`.
 */
import { randomUUID } from 'node:crypto';
import type { ClusterClock } from './clock.ts';
import type { ClusterEdges } from './cluster.ts';
import type { Declared, LeaseTable } from './lease-table.ts';
import { createOwnLease } from './own-lease.ts';

export interface Membership {
  /** Returns the id of this replica. It changes each time that others considered the replica dead. */
  readonly id: () => string;
  readonly isJoined: () => boolean;
  /** Is its lease valid now? */
  readonly isValid: () => boolean;
  /**
   * Renews the lease, or joins under a new id if others considered this replica dead. Rejects while the database does
   * not answer.
   */
  readonly renew: () => Promise<void>;
  /**
   * May this replica consider others dead? Not before half a lease after its own lease became valid again, so that all
   * have had time to renew.
   */
  readonly mayBury: () => boolean;
  readonly close: () => void;
}

export interface MembershipParts extends Pick<ClusterEdges, 'onPaused' | 'onResumed'> {
  readonly table: Pick<LeaseTable, 'renew' | 'join'>;
  readonly clock: ClusterClock;
  readonly leaseMs: number;
  readonly marginMs: number;
  readonly name: string;
  readonly declared: () => Declared;
  /** Called when others considered this replica dead, so that it holds no app any more. */
  readonly onBuried: () => void;
}

export function createMembership(parts: MembershipParts): Membership {
  const { table, clock, leaseMs, marginMs, name, declared, onBuried, onPaused, onResumed } = parts;
  let id = randomUUID();
  let isJoined = false;
  let isPaused = false;
  /** The time since which our own lease has been valid without a gap, by the monotonic clock. */
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
      // After this process was suspended, this line may run before the timer that ends the lease.
      if (isJoined && !wasValid) pause();
      const renewed = own.renewing();
      if (!isJoined || !(await table.renew(id))) await joinAnew();
      if (!wasValid) aliveSince = clock.monotonic();
      renewed();
      // Called even if all apps were lost meanwhile, so that apps that are gained next are probed.
      if (isPaused) onResumed();
      isPaused = false;
    },
    mayBury: () => clock.monotonic() - aliveSince >= leaseMs / 2,
    close: own.close,
  };
}
