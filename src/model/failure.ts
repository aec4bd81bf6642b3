/** Why a stage of a probe failed: its kind, a closed set, and the code and text verbatim. Part of `Evidence`. */
import type { Recognized } from './phrase-id.ts';

/**
 * The kind of a failure, a closed set:
 * - `dns`          the name did not resolve (code: `ENOTFOUND`, `EAI_AGAIN`, ...)
 * - `refused`      the host refused the connection
 * - `unreachable`  no route (`ENETUNREACH`, `EHOSTUNREACH`, `EACCES`)
 * - `timeout`      silence until the stage's or the probe's deadline
 * - `reset`        the connection was reset or broke (`ECONNRESET`, `EPIPE`)
 * - `closed`       the other side closed before it answered
 * - `tls`          the handshake failed (code: OpenSSL's or Node's)
 * - `untrusted`    the handshake succeeded, but the certificate is not trusted (code: Node's `authorizationError`)
 * - `proxy`        the configured proxy refused or failed
 * - `protocol`     the answer violates the protocol, or a needed capability is absent
 * - `rejected`     the server refused (OAuth error, IMAP NO, BAD, BYE, POP3 -ERR)
 * - `throttled`    the server asked us to try later
 * - `http`         the answer of the token host is not OAuth (HTML, an empty body, a vendor's page)
 * - `credential`   our own credential cannot be used (file unreadable, key does not fit)
 * - `claims`       the token was issued but cannot work here
 * - `aborted`      mailprobe stopped the probe itself (shutdown)
 * - `unexpected`   a bug in mailprobe
 */
export const FAILURE_KINDS = [
  'dns',
  'refused',
  'unreachable',
  'timeout',
  'reset',
  'closed',
  'tls',
  'untrusted',
  'proxy',
  'protocol',
  'rejected',
  'throttled',
  'http',
  'credential',
  'claims',
  'aborted',
  'unexpected',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** The code of a timeout: the proxy accepted the connection but did not answer the request for a tunnel. */
export const PROXY_SILENT = 'proxy-silent';

export interface Failure {
  readonly kind: FailureKind;
  /** Verbatim: `AADSTS7000222`, `ECONNREFUSED`, `AUTHENTICATIONFAILED` (an IMAP or POP3 response code). */
  readonly code?: string;
  /** The answer's status word: `NO`, `BAD`, `BYE`, `-ERR`, or an HTTP status such as `401`. */
  readonly status?: string;
  /** The message of the server, the system or mailprobe: bounded, without control characters and secrets. */
  readonly text: string;
  /**
   * The phrases recognized in the text, if `transcript/` wrote the evidence. A probe leaves them out: its text is
   * verbatim, and the diagnosis recognizes the phrases in it.
   */
  readonly recognized?: Recognized;
  /** How long the server asked us to wait. */
  readonly retryAfterSeconds?: number;
  /** The authentication schemes that a proxy offers with its 407, in lower case: `negotiate`, `basic`. */
  readonly schemes?: readonly string[];
}
