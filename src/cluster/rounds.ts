/**
 * What a replica does in one round: renews its lease, buries dead replicas, publishes its configuration, reads the
 * rows, and gives and takes apps as the plan says. Also its last round, in which it gives everything away. Part of
 * `leases.ts`, which runs one round after the other.
 */
import type { ClusterClock } from './clock.ts';
import type { AppLoad } from './cluster.ts';
import type { Configurations } from './configurations.ts';
import type { Holdings } from './holdings.ts';
import type { LeaseTable } from './lease-table.ts';
import { planOf, type LeaseView } from './lease-view.ts';
import type { Membership } from './membership.ts';

export interface RoundEdges {
  /** Creates the tables. Rejects while the database is unavailable. */
  readonly prepare: () => Promise<void>;
  /** Receives the names of replicas that are dead. Incidents about these replicas must be closed. */
  readonly onBuried?: (names: readonly string[]) => void;
  /** Called every few seconds while the database answers, because other replicas may have changed rows. */
  readonly onRound?: () => void;
  readonly onAway?: (error: unknown) => void;
}

export interface RoundParts {
  readonly edges: RoundEdges;
  readonly table: LeaseTable;
  readonly clock: Pick<ClusterClock, 'after'>;
  readonly configurations: Configurations;
  readonly membership: Membership;
  readonly holdings: Holdings;
}

export interface Rounds {
  /** Replaces the apps of the configuration. */
  readonly update: (apps: readonly AppLoad[]) => void;
  /** Returns the rows as last read. */
  readonly view: () => LeaseView;
  /**
   * Renews the lease, then starts to move apps. If apps are still moving, only renews the lease. Rejects while the
   * database does not answer.
   */
  readonly round: () => Promise<void>;
  readonly moved: () => Promise<void>;
  /** Gives all apps away. Resolves after some seconds even if the database does not answer. */
  readonly close: () => Promise<void>;
}

interface Progress extends RoundParts {
  known: readonly AppLoad[];
  /** The apps that the rows show. Undefined before they were written. */
  declared: readonly AppLoad[] | undefined;
  isClosed: boolean;
  view: LeaseView;
  moving: Promise<void> | undefined;
}

/** The longest time that a stopping replica takes to give its apps away. */
const LEAVE_WITHIN_MS = 8_000;

export function createRounds(parts: RoundParts): Rounds {
  const its: Progress = {
    ...parts,
    known: [],
    declared: undefined,
    isClosed: false,
    view: { replicas: [], rows: [] },
    moving: undefined,
  };
  return {
    update: (apps) => {
      its.known = apps;
      its.declared = undefined;
      parts.holdings.update(apps);
      parts.configurations.update(apps);
    },
    view: () => its.view,
    round: async () => await round(its),
    moved: async () => await its.moving,
    close: async () => await close(its),
  };
}

async function round(its: Progress): Promise<void> {
  const { prepare, onRound, onAway } = its.edges;
  await prepare();
  await its.membership.renew();
  onRound?.();
  if (its.moving !== undefined || its.isClosed) return;
  await buryDead(its);
  await declare(its);
  await readRows(its);
  its.moving = its.holdings
    .move(its.view.rows, planOf(its.view, its.configurations))
    .catch((error: unknown) => onAway?.(error))
    .finally(() => {
      its.moving = undefined;
    });
}

async function buryDead({ membership, table, edges }: Progress): Promise<void> {
  if (!membership.mayBury()) return;
  await table.endAbandoned();
  const dead = await table.bury();
  if (dead.length > 0) edges.onBuried?.(dead);
}

/** Publishes our configuration, once for each change of it. If the database fails, the next round tries again. */
async function declare(its: Progress): Promise<void> {
  const { known, table, membership, configurations } = its;
  if (its.declared === known) return;
  await table.declare(membership.id(), configurations.declared());
  await table.add(known);
  its.declared = known;
}

async function readRows(its: Progress): Promise<void> {
  const { table, configurations, holdings } = its;
  its.view = { replicas: await table.replicas(), rows: await table.assignments() };
  await configurations.refresh(its.view.replicas);
  holdings.noteFree(its.view.rows);
}

async function close(its: Progress): Promise<void> {
  its.isClosed = true;
  if (!its.membership.isJoined()) return;
  // If the database is unavailable, the apps are not given away, but become free when the lease ends.
  const left = leave(its).catch((error: unknown) => its.edges.onAway?.(error));
  await within(LEAVE_WITHIN_MS, left, its.clock);
}

async function leave(its: Progress): Promise<void> {
  const { table, membership, holdings, configurations } = its;
  await its.moving;
  await table.announceLeaving(membership.id());
  await readRows(its);
  await holdings.giveAll(planOf(its.view, configurations));
  await table.leave(membership.id());
}

async function within(ms: number, work: Promise<void>, clock: Progress['clock']): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = clock.after(ms, late.resolve);
  await Promise.race([work, late.promise]);
  cancel();
}
