/**
 * What one probe observed: stages with outcome, seconds, facts and, where one failed, the failure verbatim. Written by
 * `probe/` (and by `transcript/` from pasted text), read by all other folders. `diagnosis/` decides what it means.
 */
import type { Failure } from './failure.ts';
import type { PastedCertificate } from './pasted-certificate.ts';
import { factsOf, type Protocol } from './protocol.ts';

/** The token leg and the mail leg run under one deadline. A failed stage ends only its own leg. */
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
  /** When the cached token ends. */
  readonly tokenExpiresAt: number;
  /** The stage at which the request ended without a reply. */
  readonly stoppedAt?: TokenFacts['stoppedAt'];
}

/** Whether a token's time of issue confirms the `Date` header of the host, or contradicts it. */
export type ClockWitness = 'confirms' | 'contradicts';

/** Facts about the token request and its answer. */
export interface TokenFacts {
  readonly source?: 'cache' | 'fetched';
  readonly expiresAt?: number;
  readonly endpoint?: string;
  readonly httpStatus?: number;
  /** OAuth's `error`: `invalid_client`. */
  readonly error?: string;
  readonly errorCodes?: readonly number[];
  readonly traceId?: string;
  readonly correlationId?: string;
  /** This machine's clock minus the server's, which its HTTP `Date` shows. In seconds. */
  readonly clockSkewSeconds?: number;
  /** What the token's time of issue says about `clockSkewSeconds`. Absent without a token. */
  readonly clockWitness?: ClockWitness;
  readonly contentType?: string;
  /** The headers `Server` and `Via`, which may name a proxy that answered instead of Entra. */
  readonly answeredBy?: string;
  /** The stage of the connection to the token host at which the request ended without a reply. */
  readonly stoppedAt?: 'dns' | 'connect' | 'tls' | 'http';
  readonly certificate?: CertificateFacts;
  readonly pastedCertificate?: PastedCertificate;
  readonly refreshFailure?: RefreshFailure;
  /** Why the configured credential was refused. The previous one obtained this token. */
  readonly replacementRefused?: Failure;
  /** What the form of the configured secret shows without revealing it. */
  readonly secretShape?: SecretShape;
}

/**
 * The form of a configured secret, without the secret itself. `guid`: probably the portal's Secret ID was configured
 * instead of the Value.
 */
export interface SecretShape {
  readonly length: number;
  readonly looksLike: 'secret-value' | 'guid' | 'encoded' | 'whitespace' | 'quoted' | 'short' | 'other';
}

/** Whether an address accepts a TCP connection. Nothing was sent over it. */
export interface AddressTried {
  readonly address: string;
  readonly accepts: boolean;
}

/** Facts by stage. Every member is optional: what was not observed is absent. */
export interface StageFacts {
  readonly token: TokenFacts;
  readonly claims: Claims;
  readonly dns: { readonly host?: string; readonly addresses?: readonly string[] };
  readonly connect: {
    readonly address?: string;
    readonly port?: number;
    readonly proxy?: string;
    /** Other addresses of the host. They were tried because the connection to this one failed. */
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
    /** The server name in brackets that Exchange sends, decoded. It shows the data center and the cloud. */
    readonly serverName?: string;
    readonly exchange?: boolean;
  };
  readonly auth: {
    readonly mechanism?: string;
    /** The server's tagged answer or final line. */
    readonly text?: string;
    readonly capabilities?: readonly string[];
    /** The SASL error challenge, decoded. */
    readonly challenge?: { readonly status?: string; readonly schemes?: string; readonly scope?: string };
  };
  readonly open: { readonly command?: 'EXAMINE' | 'STAT'; readonly messages?: number };
  readonly logout: { readonly text?: string };
}

/** The stage named `S`. `seconds` is 0 if it was skipped. */
export interface StageOf<S extends StageName> {
  readonly stage: S;
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly facts: StageFacts[S];
  readonly failure?: Failure;
}

/** Any stage: `stage` determines its facts. */
export type Stage = { [S in StageName]: StageOf<S> }[StageName];

/** One probe of one target, from its first byte to its last. */
export interface Evidence {
  /** The id of the mailbox in the configuration. Absent for a pasted text. */
  readonly mailbox?: string;
  readonly protocol: Protocol;
  readonly app?: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly seconds: number;
  /** All stages, in the order of `STAGE_NAMES`. An older probe in a target's history keeps only the failed ones. */
  readonly stages: readonly Stage[];
  /** How long this process stood still during the probe: its event loop did not run, or the machine slept. */
  readonly standstillMs: number;
}

/** Returns the stage of that name. A probe's evidence holds each name once at most. */
export function stageOf<S extends StageName>(
  evidence: { readonly stages: readonly Stage[] },
  name: S,
): Extract<Stage, { stage: S }> | undefined {
  return evidence.stages.find((stage): stage is Extract<Stage, { stage: S }> => stage.stage === name);
}

/** Returns the stages that failed: at most one of each leg, that of the token leg first. */
export function failedStages(evidence: { readonly stages: readonly Stage[] }): readonly Stage[] {
  return evidence.stages.filter((stage) => stage.outcome === 'failed');
}

/** Whether a shutdown or a reload of mailprobe ended the probe. Such a probe is not diagnosed. */
export function isEndedByUs(evidence: { readonly stages: readonly Stage[] }): boolean {
  return failedStages(evidence).some(({ failure }) => failure?.kind === 'aborted');
}

/** Whether the probe failed although it had a token: the claims do not fit, or the mail server refused. */
export function failedAtLogin(evidence: { readonly stages: readonly Stage[] }): boolean {
  return failedStages(evidence).some(
    ({ stage }) => stage === 'claims' || stage === 'auth' || stage === 'open',
  );
}

/** Whether the mail server accepted the token. If it did, faults of the claims do not matter. */
export function isTokenAccepted(evidence: { readonly stages: readonly Stage[] }): boolean {
  return stageOf(evidence, 'auth')?.outcome === 'ok';
}

/** Whether the mail server accepted the token although our check of the claims says that it cannot work. */
export function isAcceptedUnfit(evidence: { readonly stages: readonly Stage[] }): boolean {
  return isTokenAccepted(evidence) && stageOf(evidence, 'claims')?.outcome === 'failed';
}

/** Whether the probe opened the mailbox. A failed logout is reported, but the probe is still a success. */
export function isSuccess(evidence: Pick<Evidence, 'protocol' | 'stages'>): boolean {
  return stageOf(evidence, factsOf(evidence.protocol).finalStage)?.outcome === 'ok';
}
