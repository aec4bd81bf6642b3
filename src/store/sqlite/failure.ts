/**
 * Turns an error of SQLite or the system into a `StoreError`. Does not pass on the text of the error, which may contain
 * secrets.
 */
import { StoreError, type StoreFailure } from '../../model/store-error.ts';

/** Maps SQLite's primary result codes to failures: https://www.sqlite.org/rescode.html */
const BY_RESULT_CODE: Readonly<Record<number, StoreFailure>> = {
  5: 'locked',
  6: 'locked',
  8: 'read-only',
  11: 'corrupt',
  13: 'disk-full',
  26: 'corrupt',
};

const BY_SYSTEM_CODE: Readonly<Record<string, StoreFailure>> = {
  EACCES: 'read-only',
  EPERM: 'read-only',
  EROFS: 'read-only',
  ENOSPC: 'disk-full',
  EDQUOT: 'disk-full',
  ENOENT: 'missing',
};

const MESSAGES: Readonly<Partial<Record<StoreFailure, string>>> = {
  locked: 'is locked by another process: end the backup or the tool that has it open',
  'read-only': 'cannot be written: give the account of mailprobe write access to the file and its folder',
  'disk-full': 'cannot grow, the disk is full: free some space',
  corrupt: 'is damaged, or is not an SQLite database',
  missing: 'does not exist',
};

export function storeError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = failureOf(error);
  return new StoreError(code, `the store ${file} ${MESSAGES[code] ?? `failed: ${describe(error)}`}`);
}

/** Returns SQLite's primary result code. Undefined for errors that are not from SQLite. */
export function resultCode(error: unknown): number | undefined {
  const isNumbered = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
  // The low byte of an extended result code is the primary one.
  return isNumbered ? Number(error.errcode) & 0xff : undefined;
}

function failureOf(error: unknown): StoreFailure {
  const result = resultCode(error);
  if (result !== undefined) return BY_RESULT_CODE[result] ?? 'failed';
  return BY_SYSTEM_CODE[systemCode(error) ?? ''] ?? 'failed';
}

/** Describes the error by codes only, because its text may contain the rows of the write. */
function describe(error: unknown): string {
  const result = resultCode(error);
  if (result !== undefined) return `SQLite result code ${result} (https://www.sqlite.org/rescode.html)`;
  return systemCode(error) ?? 'an unexpected error';
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
