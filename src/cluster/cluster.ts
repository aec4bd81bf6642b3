/**
 * Which apps does this replica probe? Two implementations: `alone.ts` probes all apps, `leases.ts` those for which it
 * holds a lease. Made by `app-share.ts`.
 */
import type { Lease } from '../model/lease.ts';

export interface AppLoad {
  readonly app: string;
  readonly tenant: string;
  /** The number of the app's targets. */
  readonly weight: number;
  /**
   * Hash of the tenant, the client id and the authority. A replica does not give an app to another one whose hash
   * differs.
   */
  readonly identity: string;
  /** Hash of the app's targets. The hash changes if a mailbox, a protocol or an endpoint changes. */
  readonly content: string;
}

export interface Replica {
  readonly id: string;
  readonly name: string;
  readonly apps: readonly string[];
  readonly isSelf: boolean;
  /** True if the configuration of the replica has the same apps and mailboxes as ours. */
  readonly isAlike: boolean;
}

export interface Cluster {
  /** Replaces the apps of the configuration. */
  readonly update: (apps: readonly AppLoad[]) => void;
  /**
   * Joins the cluster. Resolves when this replica has taken its share of the free apps. Also resolves if the database
   * is unavailable.
   */
  readonly start: () => Promise<void>;
  /** Does this replica own the app, and is its lease valid? Called before a probe starts and when it has ended. */
  readonly mayProbe: (app: string) => boolean;
  /** Undefined if no other replica can share the store. */
  readonly lease: () => Lease | undefined;
  /** The replicas as last read from the database, sorted by name. */
  readonly replicas: () => readonly Replica[];
  /** Gives all apps away. Writes the state of each app before that. */
  readonly close: () => Promise<void>;
}

export interface ClusterEdges {
  /**
   * Called when this replica has taken apps. Loads their stored state and starts to probe them. If it rejects, the apps
   * are given back.
   */
  readonly onGained: (apps: readonly string[]) => Promise<void>;
  /** Called before this replica gives apps away. Ends their probes. Resolves when their state is written. */
  readonly onReleasing: (apps: readonly string[]) => Promise<void>;
  /** Called when this replica has lost apps. Ends their probes and writes nothing more about them. */
  readonly onLost: (apps: readonly string[]) => void;
  /** Called when the lease has ended and could not be renewed. Ends all probes, and keeps the apps and their state. */
  readonly onPaused: () => void;
  /** Called when the lease is renewed before another replica has taken over. Starts to probe again. */
  readonly onResumed: () => void;
}
