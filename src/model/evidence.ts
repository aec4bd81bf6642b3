/**
 * What one probe observed: each stage with its outcome, duration and facts, and the failure of a failed stage verbatim.
 * Written by `probe/`, and by `transcript/` from pasted text. `diagnosis/` decides what it means.
 */
import type { Failure } from './failure.ts';
import type { PastedCertificate } from './pasted-certificate.ts';
import { factsOf, type Protocol } from './protocol.ts';

/**
 * The stages of a probe form two groups, called legs: the token leg gets a token, and the mail leg opens the mailbox.
 * Both legs share one deadline. If a stage fails, the rest of its leg is skipped. If there is no token, the login is
 * skipped, too.
 */
export const TOKEN_LEG = ['token', 'claims'] as const;
export const MAIL_LEG = ['dns', 'connect', 'tls', 'greeting', 'auth', 'open', 'logout'] as const;
export const STAGE_NAMES = [...TOKEN_LEG, ...MAIL_LEG] as const;

export type StageName = (typeof STAGE_NAMES)[number];
export function isMailStage(stage: StageName): boolean {
  return MAIL_LEG.some((mail) => mail === stage);
}

export type Outcome = 'ok' | 'failed' | 'skipped';

/** A certificate as presented, trusted or not. Times in epoch milliseconds. */
export interface CertificateFacts {
  readonly subject: string;
  readonly issuer: string;
  /** Subject alternative names, as in `DNS:*.example.com`. */
  readonly names: readonly string[];
  readonly notBefore: number;
  readonly notAfter: number;
  readonly fingerprint256: string;
}

/** Claims of an app-only access token, decoded, not verified. Times in epoch milliseconds. */
export interface Claims {
  readonly audience?: string;
  readonly issuer?: string;
  readonly roles?: readonly string[];
  /** Delegated scopes. A client-credentials token has none. */
  readonly scopes?: string;
  readonly appId?: string;
  /** The object id of the enterprise application, which Exchange's `New-ServicePrincipal -ObjectId` takes. */
  readonly objectId?: string;
  readonly tenantId?: string;
  readonly identityType?: string;
  /** The claim `appidacr` or `azpacr`: 1 for a secret, 2 for a certificate. */
  readonly authenticationMethod?: string;
  readonly version?: string;
  readonly issuedAt?: number;
  readonly notBefore?: number;
  readonly expiresAt?: number;
}

/** The renewal of a cached token failed, but the token is still valid. Shown as a warning with the time left. */
export interface RefreshFailure {
  readonly failure: Failure;
  /** Since when renewals have failed. */
  readonly since: number;
  readonly tokenExpiresAt: number;
  /** The stage at which the request ended without a reply. */
  readonly stoppedAt?: TokenFacts['stoppedAt'];
}

/** Whether a token's time of issue confirms or contradicts the `Date` header of the host. */
export type ClockWitness = 'confirms' | 'contradicts';

export interface TokenFacts {
  readonly source?: 'cache' | 'fetched';
  readonly expiresAt?: number;
  readonly endpoint?: string;
  readonly httpStatus?: number;
  /** The member `error` of an OAuth answer: `invalid_client`. */
  readonly error?: string;
  readonly errorCodes?: readonly number[];
  readonly traceId?: string;
  readonly correlationId?: string;
  /** This machine's clock minus the server's clock, as the server's HTTP `Date` header shows it. */
  readonly clockSkewSeconds?: number;
  /** Whether the token's time of issue confirms the server's `Date` header. Absent without a token. */
  readonly clockWitness?: ClockWitness;
  readonly contentType?: string;
  /** The headers `Server` and `Via`. They may name a proxy that answered instead of Entra. */
  readonly answeredBy?: string;
  /** The stage of the connection to the token host at which the request ended. Absent if the host replied. */
  readonly stoppedAt?: 'dns' | 'connect' | 'tls' | 'http';
  readonly certificate?: CertificateFacts;
  readonly pastedCertificate?: PastedCertificate;
  readonly refreshFailure?: RefreshFailure;
  /** Why the configured credential was refused. The previous credential obtained this token. */
  readonly replacementRefused?: Failure;
  /** The form of the configured secret, without the secret. */
  readonly secretShape?: SecretShape;
}

/**
 * The form of a configured secret. `guid` probably means that the portal's Secret ID was configured instead of the
 * Value.
 */
export interface SecretShape {
  readonly length: number;
  readonly looksLike: 'secret-value' | 'guid' | 'encoded' | 'whitespace' | 'quoted' | 'short' | 'other';
}

/** Whether an address accepts a TCP connection. Nothing was sent over the connection. */
export interface AddressTried {
  readonly address: string;
  readonly accepts: boolean;
}

/** The facts of each stage. A member is absent if the probe did not observe it. */
export interface StageFacts {
  readonly token: TokenFacts;
  readonly claims: Claims;
  readonly dns: { readonly host?: string; readonly addresses?: readonly string[] };
  readonly connect: {
    readonly address?: string;
    readonly port?: number;
    readonly proxy?: string;
    /** Other addresses of the host. The probe tried them because the connection to `address` failed. */
    readonly others?: readonly AddressTried[];
  };
  readonly tls: {
    readonly protocol?: string;
    readonly cipher?: string;
    readonly mode?: 'implicit' | 'starttls';
    readonly certificate?: CertificateFacts;
    readonly pastedCertificate?: PastedCertificate;
  };
  readonly greeting: {
    readonly text?: string;
    /** The server name in brackets in Exchange's greeting, decoded. It shows the data center and the cloud. */
    readonly serverName?: string;
    readonly exchange?: boolean;
  };
  readonly auth: {
    readonly mechanism?: string;
    /** The server's tagged response (IMAP) or last line (POP3). */
    readonly text?: string;
    readonly capabilities?: readonly string[];
    /** The SASL error challenge, decoded. */
    readonly challenge?: { readonly status?: string; readonly schemes?: string; readonly scope?: string };
  };
  readonly open: { readonly command?: 'EXAMINE' | 'STAT'; readonly messages?: number };
  readonly logout: { readonly text?: string };
}

export interface StageOf<S extends StageName> {
  readonly stage: S;
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly facts: StageFacts[S];
  readonly failure?: Failure;
}

/** Any stage. The name in `stage` determines the type of its facts. */
export type Stage = { [S in StageName]: StageOf<S> }[StageName];

/** What one probe of one target observed, from its start to its end. */
export interface Evidence {
  /** The configured id of the mailbox. Absent for a pasted text. */
  readonly mailbox?: string;
  readonly protocol: Protocol;
  readonly app?: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly seconds: number;
  /** All stages, in the order of `STAGE_NAMES`. An older probe in a target's history keeps only the failed ones. */
  readonly stages: readonly Stage[];
  /** How long this process stood still during the probe, because its event loop was blocked or the machine slept. */
  readonly standstillMs: number;
}

export function stageOf<S extends StageName>(
  evidence: { readonly stages: readonly Stage[] },
  name: S,
): Extract<Stage, { stage: S }> | undefined {
  return evidence.stages.find((stage): stage is Extract<Stage, { stage: S }> => stage.stage === name);
}

/** Returns the failed stages: at most one of each leg, the token leg first. */
export function failedStages(evidence: { readonly stages: readonly Stage[] }): readonly Stage[] {
  return evidence.stages.filter((stage) => stage.outcome === 'failed');
}

/** Whether mailprobe itself ended the probe, at a shutdown or a reload. Such a probe is not diagnosed. */
export function isEndedByUs(evidence: { readonly stages: readonly Stage[] }): boolean {
  return failedStages(evidence).some(({ failure }) => failure?.kind === 'aborted');
}

/** Whether the probe got a token and failed afterwards: the claims do not fit, or the mail server refused. */
export function failedAtLogin(evidence: { readonly stages: readonly Stage[] }): boolean {
  return failedStages(evidence).some(
    ({ stage }) => stage === 'claims' || stage === 'auth' || stage === 'open',
  );
}

/** Whether the mail server accepted the token. An accepted token works, whatever its claims say. */
export function isTokenAccepted(evidence: { readonly stages: readonly Stage[] }): boolean {
  return stageOf(evidence, 'auth')?.outcome === 'ok';
}

/** Whether the mail server accepted the token although mailprobe's check of the claims failed. */
export function isAcceptedUnfit(evidence: { readonly stages: readonly Stage[] }): boolean {
  return stageOf(evidence, 'claims')?.outcome === 'failed' && isTokenAccepted(evidence);
}

/** Whether the probe opened the mailbox. A failed logout is reported, but the probe is still a success. */
export function isSuccess(evidence: Pick<Evidence, 'protocol' | 'stages'>): boolean {
  return stageOf(evidence, factsOf(evidence.protocol).finalStage)?.outcome === 'ok';
}
