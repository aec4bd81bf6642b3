/** The error of a failed operation of the store. Thrown by `store/`, shown by the caller. */

/**
 * Why an operation of the store failed:
 * - `in-use`        another daemon uses the database
 * - `newer-schema`  a later version of mailprobe changed the database, and this version cannot use it
 * - `not-ours`      the database belongs to another program
 * - `missing`       there is no database to read
 * - `read-only`     the database file, or its folder, cannot be written
 * - `disk-full`, `locked`, `corrupt`  the state of the disk or of the database file
 * - `slow`          no answer within the deadline
 * - `unreachable`   the database server does not answer, or ended the connection
 * - `denied`        the database server refuses the account, or the account lacks a right
 * - `unsupported`   this kind of store does not have this operation
 * - `failed`        any other reason
 */
export const STORE_FAILURES = [
  'in-use',
  'newer-schema',
  'not-ours',
  'missing',
  'read-only',
  'disk-full',
  'locked',
  'corrupt',
  'slow',
  'unreachable',
  'denied',
  'unsupported',
  'failed',
] as const;
export type StoreFailure = (typeof STORE_FAILURES)[number];

/** `message` is for people, `code` for programs. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreFailure;

  constructor(code: StoreFailure, message: string) {
    super(message);
    this.code = code;
  }
}
