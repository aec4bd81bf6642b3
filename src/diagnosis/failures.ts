/**
 * The failures of a probe, as rules read them: the failed token request, the failed mail connection or login, and which
 * of the two are network failures.
 */
import type { Cause } from '../model/cause.ts';
import type { Confidence } from '../model/diagnosis.ts';
import { stageOf, type Evidence, type StageName, type TokenFacts } from '../model/evidence.ts';
import { PROXY_SILENT, type Failure, type FailureKind } from '../model/failure.ts';
import { meaningOf, openCausesOf, type CodeMeaning } from '../vocabulary/aadsts.ts';
import { OAUTH_ERRORS } from '../vocabulary/entra-messages.ts';
import type { NamedEndpoint } from './named-endpoint.ts';
import type { Names } from './names.ts';
import { entraCodeOf, idsOf, type Ids } from './recognize.ts';

/** The possible causes, best first, and the confidence in the first one. */
export interface Open {
  readonly causes: readonly Cause[];
  readonly confidence: Confidence;
}

const NOTHING_OPEN: Open = { causes: [], confidence: 'possible' };

/** A failed token request. `refresh` means that only the renewal failed, while the current token is still valid. */
export interface TokenLegFailure extends Pick<Ids, 'signs'> {
  readonly about: 'token' | 'refresh';
  readonly failure: Failure;
  readonly facts: TokenFacts;
  readonly code: number | undefined;
  readonly meaning: CodeMeaning | undefined;
  /**
   * The possible causes, best first, if the code or OAuth's error name has several, or if a pasted text leaves several.
   */
  readonly open: Open;
  /** Only for `refresh`. Epoch milliseconds. */
  readonly tokenExpiresAt?: number;
}

export interface MailFailure extends Ids {
  readonly stage: StageName;
  readonly failure: Failure;
  /** The possible causes, if a pasted text does not decide between them. */
  readonly open: Open;
}

/** A failure of the network, of TLS or of HTTP. `about` says which connection failed, and `at` where it stopped. */
export interface NetworkFailure extends Pick<Ids, 'signs'> {
  readonly about: 'token' | 'refresh' | 'mail';
  readonly at: 'dns' | 'connect' | 'tls' | 'greeting' | 'http';
  readonly failure: Failure;
  /** How far the connection came at the configured proxy. Absent if no proxy is configured. */
  readonly proxy?: ProxyProgress;
}

/**
 * How far a connection came at a proxy:
 * - `unreached`  the proxy was not reached
 * - `silent`     the proxy accepted the connection and did not answer
 * - `refused`    the proxy refused to open a tunnel
 * - `unable`     the proxy could not reach the host
 * - `opened`     the proxy opened the tunnel
 */
export type ProxyProgress = 'unreached' | 'silent' | 'refused' | 'unable' | 'opened';

/** `open` holds the possible causes, if a pasted text does not decide between them. */
export function tokenFailureOf(
  evidence: Evidence,
  success: boolean,
  open: Open = NOTHING_OPEN,
): TokenLegFailure | undefined {
  const stage = stageOf(evidence, 'token');
  if (stage === undefined) return undefined;
  if (stage.failure !== undefined && stage.outcome === 'failed' && !success) {
    return {
      about: 'token',
      failure: stage.failure,
      facts: stage.facts,
      signs: idsOf(stage.failure).signs,
      ...(open.causes.length > 0
        ? { code: undefined, meaning: undefined, open }
        : codeOf(stage.failure, stage.facts)),
    };
  }
  const refresh = stage.facts.refreshFailure;
  if (refresh === undefined) return undefined;
  // The other facts of the stage describe the current token, not the failed renewal.
  const { secretShape } = stage.facts;
  const { stoppedAt } = refresh;
  const facts: TokenFacts = {
    ...(secretShape === undefined ? {} : { secretShape }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
  };
  return {
    about: 'refresh',
    failure: refresh.failure,
    facts,
    signs: idsOf(refresh.failure).signs,
    tokenExpiresAt: refresh.tokenExpiresAt,
    ...codeOf(refresh.failure, {}),
  };
}

function codeOf(failure: Failure, facts: TokenFacts): Pick<TokenLegFailure, 'code' | 'meaning' | 'open'> {
  const code = entraCodeOf(failure, facts);
  if (code !== undefined) {
    const open = openCausesOf(code);
    return { code, meaning: open.length > 0 ? undefined : meaningOf(code), open: leadingNone(open) };
  }
  const error = facts.error ?? failure.code ?? '';
  return {
    code,
    meaning: undefined,
    open: leadingNone(Object.hasOwn(OAUTH_ERRORS, error) ? (OAUTH_ERRORS[error] ?? []) : []),
  };
}

function leadingNone(causes: readonly Cause[]): Open {
  return { causes, confidence: 'possible' };
}

export function mailFailureOf(
  evidence: Evidence,
  success: boolean,
  open: Open = NOTHING_OPEN,
): MailFailure | undefined {
  if (success) return undefined;
  const stage = evidence.stages.find(
    ({ stage, outcome }) => outcome === 'failed' && stage !== 'token' && stage !== 'claims',
  );
  if (stage?.failure === undefined) return undefined;
  const challenge = stageOf(evidence, 'auth')?.facts.challenge;
  const nearby = [
    challenge?.scope ?? '',
    stage.stage === 'auth' ? (stage.facts.text ?? '') : '',
    stageOf(evidence, 'greeting')?.facts.text ?? '',
  ];
  return { stage: stage.stage, failure: stage.failure, open, ...idsOf(stage.failure, nearby) };
}

const BEFORE_LOGIN: ReadonlySet<string> = new Set(['dns', 'connect', 'tls', 'greeting']);

export function networkFailuresOf(
  token: TokenLegFailure | undefined,
  mail: MailFailure | undefined,
  { mailHost, tokenHost }: Pick<Names, 'mailHost' | 'tokenHost'>,
): readonly NetworkFailure[] {
  const failures: NetworkFailure[] = [];
  if (token !== undefined && token.code === undefined && token.failure.kind !== 'rejected') {
    const at = token.facts.stoppedAt ?? STOPS[token.failure.kind];
    if (at !== undefined) {
      const { about, failure, signs } = token;
      failures.push({ about, at, failure, signs });
    }
  }
  if (
    mail !== undefined &&
    (mail.stage === 'dns' || mail.stage === 'connect' || mail.stage === 'tls' || mail.stage === 'greeting')
  ) {
    failures.push({ about: 'mail', at: mail.stage, failure: mail.failure, signs: mail.signs });
  }
  return failures
    .filter((failedLeg) => failedLeg.about !== 'mail' || BEFORE_LOGIN.has(failedLeg.at))
    .map((failedLeg) => throughProxy(failedLeg, failedLeg.about === 'mail' ? mailHost : tokenHost));
}

function throughProxy(failedLeg: NetworkFailure, { proxy }: NamedEndpoint): NetworkFailure {
  return proxy === undefined ? failedLeg : { ...failedLeg, proxy: progressOf(failedLeg) };
}

/** SOCKS5 replies (RFC 1928, section 6) of a proxy that tried to reach the host and failed. */
const SOCKS_UNABLE: ReadonlySet<string | undefined> = new Set([
  'SOCKS_GENERAL_FAILURE',
  'SOCKS_NETWORK_UNREACHABLE',
  'SOCKS_HOST_UNREACHABLE',
  'SOCKS_CONNECTION_REFUSED',
  'SOCKS_TTL_EXPIRED',
]);

function progressOf({ at, failure }: NetworkFailure): ProxyProgress {
  if (at === 'dns') return 'unreached';
  if (at !== 'connect') return 'opened';
  if (failure.code === PROXY_SILENT) return 'silent';
  // If the kind is not `proxy`, or if the code is one of the operating system, the connection to the proxy itself
  // failed.
  if (failure.kind !== 'proxy' || NOT_CONNECTED.has(failure.code)) return 'unreached';
  const isUnable = SOCKS_UNABLE.has(failure.code) || Number(failure.status) >= 500;
  return isUnable ? 'unable' : 'refused';
}

const NOT_CONNECTED: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EACCES',
  'EPERM',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
]);

/** Where a token request stopped, by the kind of its failure. Used if the probe did not record where it stopped. */
const STOPS: Readonly<Partial<Record<FailureKind, NetworkFailure['at']>>> = {
  dns: 'dns',
  refused: 'connect',
  unreachable: 'connect',
  timeout: 'connect',
  proxy: 'connect',
  tls: 'tls',
  untrusted: 'tls',
  reset: 'tls',
  closed: 'tls',
  http: 'http',
  protocol: 'http',
};

/** The server, or a device on the path, ended the connection. */
export const CUT_OFF: ReadonlySet<FailureKind> = new Set(['reset', 'closed']);

/** No answer came, or only a part of one. */
export const BROKEN_OFF: ReadonlySet<FailureKind> = new Set([...CUT_OFF, 'timeout']);

const CUT: ReadonlySet<FailureKind> = new Set(['refused', 'timeout', 'unreachable', 'reset']);

/**
 * Whether the connection could not be opened. Always false if a proxy is configured, because `ProxyProgress` then shows
 * where it failed.
 */
export function isCut({ at, failure, proxy }: NetworkFailure): boolean {
  return at === 'connect' && CUT.has(failure.kind) && proxy === undefined;
}

/** Whether the answer to the TLS handshake is not TLS. */
export function isPlainText({ at, signs }: NetworkFailure): boolean {
  return at === 'tls' && signs.has('plain-text');
}
