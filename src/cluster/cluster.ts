/**
 * Which apps does this replica probe? The interface has two implementations: all apps (`alone.ts`), or the apps for
 * which it holds a lease (`leases.ts`). Made by the daemon.
 */
import type { Lease } from '../model/lease.ts';

/** An app of the configuration. */
export interface AppLoad {
  readonly app: string;
  readonly tenant: string;
  /** The number of its targets. */
  readonly weight: number;
  /** Equal only for the same registration. Two replicas that differ in it do not give the app to each other. */
  readonly identity: string;
  /** Equal only if the mailboxes are the same, too. */
  readonly content: string;
}

export interface Replica {
  readonly id: string;
  readonly name: string;
  /** Ids of the apps that it probes. */
  readonly apps: readonly string[];
  readonly isSelf: boolean;
  /** Its configuration has the same apps and mailboxes as ours. */
  readonly isAlike: boolean;
}

export interface Cluster {
  /** Replaces the apps of the configuration. */
  readonly update: (apps: readonly AppLoad[]) => void;
  /** Joins the cluster. Resolves when the free apps are taken, or when the database turned out to be unavailable. */
  readonly start: () => Promise<void>;
  /** Is the app ours, and is our lease valid? Called before a probe starts and when it has ended. */
  readonly mayProbe: (app: string) => boolean;
  /** Undefined if there are no other replicas. */
  readonly lease: () => Lease | undefined;
  /** The replicas as last read, sorted by name. */
  readonly replicas: () => readonly Replica[];
  /** Gives all apps away, each after its last write. */
  readonly close: () => Promise<void>;
}

/** What the daemon does when apps move between replicas. */
export interface ClusterEdges {
  /**
   * These apps are ours now. Loads their stored state and starts to probe them. If it rejects because nothing could be
   * loaded, the apps are given back.
   */
  readonly onGained: (apps: readonly string[]) => Promise<void>;
  /**
   * These apps are about to move to another replica. Ends their probes and writes their state. Resolves when that is
   * written.
   */
  readonly onReleasing: (apps: readonly string[]) => Promise<void>;
  /** These apps are no longer ours. Ends their probes and writes nothing more about them. */
  readonly onLost: (apps: readonly string[]) => void;
  /** The lease has ended and could not be renewed. Ends all probes, and keeps their state. */
  readonly onPaused: () => void;
  /** The lease was renewed before another replica took over. Starts to probe again. */
  readonly onResumed: () => void;
}
