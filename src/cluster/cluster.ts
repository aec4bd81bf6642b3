/**
 * Which apps does this replica probe? The interface of the two answers: all of them (`alone.ts`), or those that it holds
 * a lease of (`leases.ts`). Made by the daemon.
 */
import type { Lease } from '../model/lease.ts';

/** An app of the configuration. */
export interface AppLoad {
  readonly app: string;
  readonly tenant: string;
  /** Its targets. */
  readonly weight: number;
  /** The same for the same registration only: of two replicas that differ in it, neither gives the app to the other. */
  readonly identity: string;
  /** The same for the same mailboxes, too. */
  readonly content: string;
}

export interface Replica {
  readonly id: string;
  readonly name: string;
  /** Ids of the apps that it probes. */
  readonly apps: readonly string[];
  readonly isSelf: boolean;
  /** Its apps and mailboxes are configured as ours are. */
  readonly isAlike: boolean;
}

export interface Cluster {
  /** From now on these apps. */
  readonly update: (apps: readonly AppLoad[]) => void;
  /** Joins. Resolves when the apps that are free are taken, or when that turned out to be impossible at present. */
  readonly start: () => Promise<void>;
  /** Asked before a probe starts and when it has ended: is the app ours, and our lease not over? */
  readonly mayProbe: (app: string) => boolean;
  /** Undefined: there are no others. */
  readonly lease: () => Lease | undefined;
  /** As they were known last, in order of their names. */
  readonly replicas: () => readonly Replica[];
  /** Gives everything away, after the last write of each. */
  readonly close: () => Promise<void>;
}

/** What the daemon does when apps come and go. */
export interface ClusterEdges {
  /** They are ours: load what is known of them and begin. Rejects where nothing could be loaded: they are given back. */
  readonly onGained: (apps: readonly string[]) => Promise<void>;
  /** They will be another's: end their probes, write what is known. Resolves when that is written. */
  readonly onReleasing: (apps: readonly string[]) => Promise<void>;
  /** They are no longer ours: end their probes, and write nothing more of them. */
  readonly onLost: (apps: readonly string[]) => void;
  /** The lease is over and could not be renewed: end all probes. What is known stays. */
  readonly onPaused: () => void;
  /** It was renewed before anybody took over: go on. */
  readonly onResumed: () => void;
}
