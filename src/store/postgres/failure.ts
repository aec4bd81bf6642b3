/**
 * Turns an error of PostgreSQL or the network into a `StoreError`. Does not pass on the text of the error, which may
 * contain secrets.
 */
import postgres from 'postgres';
import { StoreError, type StoreFailure } from '../../model/store-error.ts';

/**
 * Maps an SQLSTATE, or its first two characters (the class), to a failure:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const BY_STATE: Readonly<Record<string, StoreFailure>> = {
  '25006': 'read-only',
  '28': 'denied',
  '42501': 'denied',
  '3D000': 'missing',
  '53100': 'disk-full',
  '53': 'unreachable',
  '57014': 'slow',
  '57': 'unreachable',
  '08': 'unreachable',
};

const MESSAGES: Readonly<Partial<Record<StoreFailure, string>>> = {
  'read-only': 'cannot be written: it is a standby. Name all members of the cluster in the URL of `store`',
  denied:
    'refuses the login: check that the password is right, that this role may connect to the database, and that it owns the schema mailprobe',
  missing: 'does not exist: create the database',
  'disk-full': 'cannot grow, the disk of the server is full: free some space',
  unreachable: 'cannot be reached',
};

export function postgresError(error: unknown, name: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = codeOf(error);
  const failure = failureOf(error, code);
  const detail = code === undefined ? '' : ` (${code})`;
  return new StoreError(failure, `the store ${name} ${MESSAGES[failure] ?? 'failed unexpectedly'}${detail}`);
}

/** True if the open connections are of no use, because the server is gone or has become a standby. */
export function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error);
  const failure = failureOf(error, code);
  return failure === 'unreachable' || failure === 'read-only';
}

/** Returns true if the connection of the statement is closed, or is being closed by the server. */
export function isClosed(error: unknown): boolean {
  if (error instanceof postgres.PostgresError)
    return error.severity === 'FATAL' || error.severity === 'PANIC';
  return codeOf(error) !== undefined;
}

function failureOf(error: unknown, code: string | undefined): StoreFailure {
  if (error instanceof StoreError) return error.code;
  if (!(error instanceof postgres.PostgresError)) return code === undefined ? 'failed' : 'unreachable';
  const { code: state } = error;
  return BY_STATE[state] ?? BY_STATE[state.slice(0, 2)] ?? 'failed';
}

/**
 * Returns the SQLSTATE, or the error code of the system, TLS or the library. The text of the error is not used, because
 * it may contain the rows of the write.
 */
function codeOf(error: unknown): string | undefined {
  const known = error instanceof Error && 'code' in error && typeof error.code === 'string';
  return known && /^[A-Z0-9_]{2,60}$/.test(String(error.code)) ? String(error.code) : undefined;
}
