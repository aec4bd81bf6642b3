/** A probe of ours with what is known besides it, and the verdict that it deserves. */
import type { Cause } from '../../src/model/cause.ts';
import { emptyContext, NO_PEERS, type Context, type Peers } from '../../src/model/context.ts';
import type { Claims } from '../../src/model/evidence.ts';
import type { Protocol } from '../../src/model/protocol.ts';
import {
  aProbe,
  anEvidence,
  aTarget,
  NOON,
  type EvidenceOptions,
  type TargetOptions,
} from '../support/builders.ts';

export interface ProbeCase {
  readonly name: string;
  readonly target?: TargetOptions;
  readonly probe: EvidenceOptions;
  readonly context?: Partial<Context>;
  /** The causes in order, as far as they matter. */
  readonly first: Cause;
  readonly next?: readonly Cause[];
  readonly detail?: string;
  readonly scope?: 'mailbox' | 'app' | 'endpoint';
  readonly confidence?: 'certain' | 'likely' | 'possible';
  /** Must not be among the candidates at all. */
  readonly never?: readonly Cause[];
}

export function peers(counts: Partial<Peers>): Peers {
  return { ...NO_PEERS, ...counts };
}

export const CLAIMS: Claims = {
  audience: 'https://outlook.office365.com',
  issuer: 'https://sts.windows.net/11111111-2222-3333-4444-555555555555/',
  roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
  appId: '66666666-7777-8888-9999-000000000000',
  objectId: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  tenantId: '11111111-2222-3333-4444-555555555555',
  expiresAt: NOON + 3_000_000,
};

export const NEVER_WORKED = {
  consecutiveFailures: 5,
  probesTotal: 5,
  passedAlike: 0,
  recentSignatures: [],
  failingSince: NOON - 1_200_000,
};
export const WORKED_BEFORE = { ...NEVER_WORKED, lastSuccess: NOON - 3_600_000 };
export const SEEN_ONCE = {
  consecutiveFailures: 1,
  probesTotal: 500,
  passedAlike: 0,
  recentSignatures: [],
  lastSuccess: NOON - 300_000,
};

export const WORKING: Peers = peers({ succeeded: 8, everSucceeded: 8 });
export const ALL_ALIKE: Peers = peers({ failed: 8, failedAlike: 8 });
export const ALL_LOST: Peers = peers({ failed: 8, failedAlike: 8, everSucceeded: 8 });

/** `NO AUTHENTICATE failed.` with claims that are right. */
export const REFUSED: EvidenceOptions = {
  failed: { auth: { kind: 'rejected', status: 'NO', text: 'AUTHENTICATE failed.' } },
  facts: { claims: CLAIMS },
};

export const NOT_CONNECTED: EvidenceOptions = {
  failed: { open: { kind: 'rejected', status: 'BAD', text: 'User is authenticated but not connected.' } },
  facts: { claims: CLAIMS },
};

export const REFUSED_POP3: EvidenceOptions = {
  failed: {
    auth: {
      kind: 'rejected',
      status: '-ERR',
      text: 'Authentication failure: unknown user name or bad password.',
    },
  },
  facts: { claims: CLAIMS },
};

/** The same mailbox over another protocol. */
export function otherWorks(protocol: Protocol): Partial<Context> {
  return { otherProtocols: [aProbe({ target: aTarget({ protocol }) })] };
}

export function otherFails(protocol: Protocol): Partial<Context> {
  return {
    otherProtocols: [
      aProbe({
        target: aTarget({ protocol }),
        failed: {
          auth: { kind: 'rejected', text: 'Authentication failure: unknown user name or bad password.' },
        },
      }),
    ],
  };
}

export function evidenceOf({ target, probe }: Pick<ProbeCase, 'target' | 'probe'>) {
  return anEvidence({ target: aTarget(target), ...probe });
}

export function contextOf({ target, context }: Pick<ProbeCase, 'target' | 'context'>): Context {
  const watched = aTarget(target);
  return {
    ...emptyContext(NOON),
    target: watched,
    app: watched.app,
    ownNetwork: 'ok',
    history: NEVER_WORKED,
    ...context,
  };
}
