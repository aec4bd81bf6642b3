/**
 * The interface between the daemon and this folder: read-only views of the status, and the two actions that a caller may
 * request (a probe, an explanation). `report/` renders what is known; it decides nothing and stores nothing.
 */
import type { Cause } from '../model/cause.ts';
import type { CredentialStatus } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Snapshot, TargetStatus } from '../model/status.ts';
import type { Protocol } from '../model/protocol.ts';
import type { App } from '../model/target.ts';

export interface Build {
  readonly version: string;
  readonly revision: string;
  readonly nodeVersion: string;
}

export interface ConfigState {
  /** Epoch milliseconds. */
  readonly loadedAt: number;
  readonly lastReloadSuccessful: boolean;
  readonly revision?: string;
}

export interface ReportSource {
  readonly snapshot: () => Snapshot;
  readonly credentials: () => readonly CredentialStatus[];
  readonly apps: () => readonly App[];
  /** Probes the mailbox now, over all its protocols unless some are named. A failed probe is a result, not a rejection. */
  readonly probeNow: (mailboxId: string, protocols?: readonly Protocol[]) => Promise<readonly TargetStatus[]>;
  /** Absent: `POST /api/v1/explain` does not exist. */
  readonly explain?: (text: string) => Promise<readonly Diagnosis[] | undefined>;
  readonly schedulerLagSeconds: () => number;
  readonly config: () => ConfigState;
  /** Configuration loaded and scheduler running. Absent: always. */
  readonly ready?: () => boolean;
  /** Maps a code of the token endpoint to the cause that labels the failure counter. */
  readonly tokenFailureCause?: (code: string) => Cause | 'unexplained' | undefined;
  readonly build: Build;
}
