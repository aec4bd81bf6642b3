/**
 * Is this replica alive in the eyes of the others, and is its lease valid by its own clocks? Renews its row, joins anew
 * where others took it for dead, and pauses while it cannot know. Part of `leases.ts`.
 */
import { randomUUID } from 'node:crypto';
import type { ClusterClock } from './clock.ts';
import type { ClusterEdges } from './cluster.ts';
import type { Declared, LeaseTable } from './lease-table.ts';
import { createOwnLease } from './own-lease.ts';

export interface Membership {
  /** Another one after each time that it was taken for dead. */
  readonly id: () => string;
  readonly isJoined: () => boolean;
  /** Its lease is not over. */
  readonly isValid: () => boolean;
  /** Rejects while the database does not answer. */
  readonly renew: () => Promise<void>;
  /** A replica that was cut off itself considers no other dead until all have had time to renew. */
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
  /** Others took it for dead: nothing is its any more. */
  readonly onBuried: () => void;
}

export function createMembership(parts: MembershipParts): Membership {
  const { table, clock, leaseMs, marginMs, name, declared, onBuried, onPaused, onResumed } = parts;
  let id = randomUUID();
  let isJoined = false;
  let isPaused = false;
  /** Since when our own lease has been valid without a gap. */
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
      // Also if all apps were lost meanwhile, so that apps which are gained next are probed.
      if (isPaused) onResumed();
      isPaused = false;
    },
    mayBury: () => clock.monotonic() - aliveSince >= leaseMs / 2,
    close: own.close,
  };
}
