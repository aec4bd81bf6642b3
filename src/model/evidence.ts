/**
 * What one probe observed: stages with outcome, seconds, facts and, where one failed, the failure verbatim. Written by
 * `probe/` (and by `transcript/` from pasted text), read by all other folders. It holds no verdict: `diagnosis/` decides
 * what it means.
 */
import type { Failure } from './failure.ts';
import type { PastedCertificate } from './pasted-certificate.ts';
import { factsOf, type Protocol } from './protocol.ts';

/** The token leg and the mail leg run under one deadline; the first failure ends its own leg only. */
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
  /** Delegated scopes: their presence means that this is not a client-credentials token. */
  readonly scopes?: string;
  readonly appId?: string;
  /** Object id of the enterprise application: the value for Exchange's `New-ServicePrincipal -ObjectId`. */
  readonly objectId?: string;
  readonly tenantId?: string;
  readonly identityType?: string;
  /** `appidacr`: 1 secret, 2 certificate. */
  readonly authenticationMethod?: string;
  readonly version?: string;
  readonly issuedAt?: number;
  readonly notBefore?: number;
  readonly expiresAt?: number;
}

/** A renewal that failed while the cached token is still valid: a warning with a countdown. */
export interface RefreshFailure {
  readonly failure: Failure;
  /** Since when refreshes have failed. */
  readonly since: number;
  /** When the cached token ends. */
  readonly tokenExpiresAt: number;
  /** At which stage the request ended without a reply. */
  readonly stoppedAt?: TokenFacts['stoppedAt'];
}

/** Does a second source of time confirm the `Date` of a host, or this machine's clock? */
export type ClockWitness = 'confirms' | 'contradicts';

/** Facts of the token endpoint's answer besides its outcome. */
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
  /** This machine's clock minus the server's, in seconds, from the HTTP `Date`. */
  readonly clockSkewSeconds?: number;
  /** What the token's time of issue says about that difference. Absent without a token. */
  readonly clockWitness?: ClockWitness;
  readonly contentType?: string;
  /** `Server` or `Via`: names a proxy that answered instead of Entra. */
  readonly answeredBy?: string;
  /** At which stage of its own connection the token leg stopped: `dns`, `connect`, `tls`, `http`. */
  readonly stoppedAt?: 'dns' | 'connect' | 'tls' | 'http';
  readonly certificate?: CertificateFacts;
  readonly pastedCertificate?: PastedCertificate;
  readonly refreshFailure?: RefreshFailure;
  /** The configured credential was refused; the previous one obtained this token. */
  readonly replacementRefused?: Failure;
  /** What the form of the configured secret shows without revealing it. */
  readonly secretShape?: SecretShape;
}

/** `guid`: a Secret ID was pasted instead of the Value. Never holds the secret. */
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
    /** Exchange's bracketed server name, decoded: identifies the data center and the cloud. */
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

/** A stage with the name `S`. `seconds` is 0 if it was skipped. */
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
  /** Ids of the configuration; absent if none is known, as for a pasted text. */
  readonly mailbox?: string;
  readonly protocol: Protocol;
  readonly app?: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly seconds: number;
  /** All stages, in the order of `STAGE_NAMES`. */
  readonly stages: readonly Stage[];
  /** How long this process stood still during the probe: its event loop did not run, or the machine slept. */
  readonly standstillMs: number;
}

/** The stage of that name. A probe's evidence holds each name once. */
export function stageOf<S extends StageName>(
  evidence: { readonly stages: readonly Stage[] },
  name: S,
): Extract<Stage, { stage: S }> | undefined {
  return evidence.stages.find((stage): stage is Extract<Stage, { stage: S }> => stage.stage === name);
}

/** The stages that failed, in leg order: at most one of each leg. */
export function failedStages(evidence: { readonly stages: readonly Stage[] }): readonly Stage[] {
  return evidence.stages.filter((stage) => stage.outcome === 'failed');
}

/** A shutdown or a reload ended the probe. There is nothing to diagnose. */
export function isEndedByUs(evidence: { readonly stages: readonly Stage[] }): boolean {
  return failedStages(evidence).some(({ failure }) => failure?.kind === 'aborted');
}

/** There was a token, but its claims or the mail server refused the login. */
export function failedAtLogin(evidence: { readonly stages: readonly Stage[] }): boolean {
  return failedStages(evidence).some(
    ({ stage }) => stage === 'claims' || stage === 'auth' || stage === 'open',
  );
}

/** The server accepted the token. So a claim that is missing does not matter. */
export function isTokenAccepted(evidence: { readonly stages: readonly Stage[] }): boolean {
  return stageOf(evidence, 'auth')?.outcome === 'ok';
}

/** The server accepted the token although our check of the claims says that it cannot work. */
export function isAcceptedUnfit(evidence: { readonly stages: readonly Stage[] }): boolean {
  return isTokenAccepted(evidence) && stageOf(evidence, 'claims')?.outcome === 'failed';
}

/** A probe succeeds if the mailbox was opened. A failed logout is reported, but the mailbox works. */
export function isSuccess(evidence: Pick<Evidence, 'protocol' | 'stages'>): boolean {
  return stageOf(evidence, factsOf(evidence.protocol).finalStage)?.outcome === 'ok';
}
