/**
 * What the daemon hands to this folder: read-only views of what is known, and the two things a caller may ask for
 * (a look now, an explanation). `report/` answers "whom do we tell, and how"; it decides nothing and keeps nothing.
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
  /** Looks now, at all protocols of the mailbox unless some are named. Never rejects for what a server did. */
  readonly probeNow: (mailboxId: string, protocols?: readonly Protocol[]) => Promise<readonly TargetStatus[]>;
  /** Absent: there is no `POST /api/v1/explain`. */
  readonly explain?: (text: string) => Promise<readonly Diagnosis[] | undefined>;
  readonly schedulerLagSeconds: () => number;
  readonly config: () => ConfigState;
  /** Configuration loaded and scheduler running. Absent: always. */
  readonly ready?: () => boolean;
  /** The cause that a code of the token endpoint stands for, as the label of the failure counter. */
  readonly tokenFailureCause?: (code: string) => Cause | 'unexplained' | undefined;
  readonly build: Build;
}
