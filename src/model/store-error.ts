/** The error of a store that did not do what it was asked. Thrown by `store/`, shown by the caller. */

/**
 * - `in-use`        another daemon has it
 * - `newer-schema`  a later version of this program wrote it, and this one cannot
 * - `not-ours`      the file is another program's database
 * - `missing`       there is nothing to read there
 * - `read-only`     it, or its folder, cannot be written
 * - `disk-full`, `locked`, `corrupt` the state of the disk or of the database file
 * - `slow`          no answer within the deadline
 * - `unreachable`   its server does not answer, or ended the connection
 * - `denied` its server refuses the account, or the account lacks a right
 * - `unsupported`   this kind of store cannot do that
 * - `failed`        anything else
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

/** The message is for people. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreFailure;

  constructor(code: StoreFailure, message: string) {
    super(message);
    this.code = code;
  }
}
