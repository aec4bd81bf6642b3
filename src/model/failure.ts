/** Why a stage of a probe failed: a kind, and the code and text verbatim. Part of `Evidence`. */
import type { Recognized } from './phrase-id.ts';

/**
 * The kinds of failures:
 * - `dns`          the name did not resolve (code: `ENOTFOUND`, `EAI_AGAIN`, ...)
 * - `refused`      the host refused the connection
 * - `unreachable`  no route (`ENETUNREACH`, `EHOSTUNREACH`, `EACCES`)
 * - `timeout`      no answer until the deadline of the stage or the probe
 * - `reset`        the connection was reset or broke (`ECONNRESET`, `EPIPE`)
 * - `closed`       the other side closed before it answered
 * - `tls`          the handshake failed (code: OpenSSL's or Node's)
 * - `untrusted`    the handshake succeeded, but the certificate is not trusted (code: Node's `authorizationError`)
 * - `proxy`        the configured proxy refused or failed
 * - `protocol`     the answer violates the protocol, or a needed capability is absent
 * - `rejected`     the server refused (OAuth error, IMAP NO, BAD, BYE, POP3 -ERR)
 * - `throttled`    the server asked mailprobe to try later
 * - `http`         the answer of the token host is not OAuth (HTML, an empty body, a vendor's page)
 * - `credential`   the app's credential cannot be used (file unreadable, key does not fit)
 * - `claims`       the token was issued, but its claims cannot open the mailbox
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

/**
 * The code of a timeout that a proxy caused: it accepted the connection, but did not answer the request for a tunnel.
 */
export const PROXY_SILENT = 'proxy-silent';

export interface Failure {
  readonly kind: FailureKind;
  /** The code as received: `AADSTS7000222`, `ECONNREFUSED`, `AUTHENTICATIONFAILED` (an IMAP or POP3 response code). */
  readonly code?: string;
  /** The answer's status word: `NO`, `BAD`, `BYE`, `-ERR`, or an HTTP status such as `401`. */
  readonly status?: string;
  /** The message of the server, the system or mailprobe: bounded, without control characters and secrets. */
  readonly text: string;
  /**
   * The phrases that `transcript/` recognized in a pasted text. Absent for a probe, because the diagnosis itself
   * searches the text of a probe for phrases.
   */
  readonly recognized?: Recognized;
  /** How long the server asked mailprobe to wait. */
  readonly retryAfterSeconds?: number;
  /** The authentication schemes that a proxy offers with status 407, in lower case: `negotiate`, `basic`. */
  readonly schemes?: readonly string[];
}
