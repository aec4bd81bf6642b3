/**
 * Turns an error of Node, the system or OpenSSL into a Failure. Called wherever `probe/` uses a socket. The Failure
 * holds only the code and the redacted message of the error.
 */
import { getSystemErrorMessage } from 'node:util';
import type { Failure, FailureKind } from '../../model/failure.ts';
import { untrustedText } from '../../model/untrusted-text.ts';
import type { Redactor } from '../../model/redactor.ts';
import { cleanText } from '../../model/text.ts';
import { StageFailure } from '../stage-failure.ts';

const KIND_OF_CODE: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>([
  ['ENOTFOUND', 'dns'],
  ['ENODATA', 'dns'],
  ['ECONNREFUSED', 'refused'],
  ['ENETUNREACH', 'unreachable'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['EACCES', 'unreachable'],
  ['EPERM', 'unreachable'],
  ['EADDRNOTAVAIL', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['ENOTCONN', 'reset'],
  ['EPROTO', 'tls'],
]);

/** The codes of the resolver, of OpenSSL, of Node's TLS and of Node's HTTP parser are recognized by their prefix. */
const KIND_OF_PREFIX: readonly (readonly [string, FailureKind])[] = [
  ['EAI_', 'dns'],
  ['ERR_SSL_', 'tls'],
  ['ERR_OSSL_', 'tls'],
  ['ERR_TLS_', 'tls'],
  ['HPE_', 'protocol'],
];

/**
 * Returns the failure of a `StageFailure`, or makes one from the error's code. An unknown code is of kind `unexpected`.
 * The text begins with `doing`, as in `Connecting to 192.0.2.1 port 993: connection refused (ECONNREFUSED).`
 */
export function failureOf(error: unknown, doing: string, redactor: Redactor): Failure {
  if (error instanceof StageFailure) return error.failure;
  const code = textMember(error, 'code');
  // Node reports ECONNRESET without a system call if the other side closed in the normal way, but too early.
  if (code === 'ECONNRESET' && textMember(error, 'syscall') === undefined) return closedFailure(doing);
  const suffix = code === undefined ? '' : ` (${code})`;
  return {
    kind: kindOf(code),
    ...(code === undefined ? {} : { code }),
    text: untrustedText(`${doing}: ${messageOf(error)}${suffix}.`, redactor),
  };
}

/** The failure if the other side closed the connection in the normal way before it answered. */
export function closedFailure(doing: string): Failure {
  return { kind: 'closed', text: cleanText(`${doing}: the other side closed the connection.`) };
}

/**
 * Returns the failure for an aborted signal. A `TimeoutError` means that the deadline has passed because the server was
 * silent. Any other reason is our own decision. `waitedFor` completes the phrase "while waiting for".
 */
export function failureOfAbort(signal: AbortSignal, waitedFor: string): Failure {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? { kind: 'timeout', text: cleanText(`The time limit ended while waiting for ${waitedFor}.`) }
    : { kind: 'aborted', text: cleanText(`Stopped while waiting for ${waitedFor}.`) };
}

function kindOf(code: string | undefined): FailureKind {
  if (code === undefined) return 'unexpected';
  const byPrefix = KIND_OF_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1];
  return KIND_OF_CODE.get(code) ?? byPrefix ?? 'unexpected';
}

/**
 * Returns the first of these that exists: the reason of OpenSSL or the parser, the system's text for the error number,
 * the message of the error.
 */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'a value that is not an error was thrown';
  const reason = textMember(error, 'reason');
  if (reason !== undefined) return reason;
  return 'errno' in error && typeof error.errno === 'number'
    ? getSystemErrorMessage(error.errno)
    : error.message;
}

function textMember(error: unknown, member: 'code' | 'syscall' | 'reason'): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const value: unknown = Reflect.get(error, member);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
