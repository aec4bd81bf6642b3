/**
 * Which apps does this replica probe? The interface has two implementations: all apps (`alone.ts`), or the apps for
 * which it holds a lease (`leases.ts`). Made by `app-share.ts`.
 */
import type { Lease } from '../model/lease.ts';

/** An app of the configuration. */
export interface AppLoad {
  readonly app: string;
  readonly tenant: string;
  /** The number of its targets. */
  readonly weight: number;
  /**
   * Hash of the tenant, client id and authority. Two replicas whose hashes differ do not give the app to each other.
   */
  readonly identity: string;
  /** Hash of the app's targets, which differs if a mailbox, a protocol or an endpoint differs. */
  readonly content: string;
}

export interface Replica {
  readonly id: string;
  readonly name: string;
  /** Ids of the apps that it probes. */
  readonly apps: readonly string[];
  readonly isSelf: boolean;
  /** True if its configuration has the same apps and mailboxes as ours. */
  readonly isAlike: boolean;
}

export interface Cluster {
  /** Replaces the apps of the configuration. */
  readonly update: (apps: readonly AppLoad[]) => void;
  /** Joins the cluster. Resolves when the free apps are taken, or when the database turned out to be unavailable. */
  readonly start: () => Promise<void>;
  /** Is the app ours, and is our lease valid? Called before a probe starts and when it has ended. */
  readonly mayProbe: (app: string) => boolean;
  /** Returns our lease. Undefined if no other replica can share the store. */
  readonly lease: () => Lease | undefined;
  /** The replicas as last read, sorted by name. */
  readonly replicas: () => readonly Replica[];
  /** Gives all apps away, each after its last write. */
  readonly close: () => Promise<void>;
}

/** What the daemon does when apps move between replicas. */
export interface ClusterEdges {
  /**
   * Called when these apps have become ours. Loads their stored state and starts to probe them. If it rejects because
   * nothing could be loaded, the apps are given back.
   */
  readonly onGained: (apps: readonly string[]) => Promise<void>;
  /**
   * Called when these apps are about to move to another replica. Ends their probes and writes their state. Resolves
   * when the state is written.
   */
  readonly onReleasing: (apps: readonly string[]) => Promise<void>;
  /** Called when these apps are no longer ours. Ends their probes and writes nothing more about them. */
  readonly onLost: (apps: readonly string[]) => void;
  /** Called when the lease has ended and could not be renewed. Ends all probes, and keeps their state. */
  readonly onPaused: () => void;
  /** Called when the lease was renewed before another replica took over. Starts to probe again. */
  readonly onResumed: () => void;
}
