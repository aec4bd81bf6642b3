/**
 * The error by which a stage fails. It carries the finished Failure to the stage recorder. Thrown by the network steps
 * and the protocols; it never leaves `probe/`.
 */
import type { Failure } from '../model/failure.ts';

export class StageFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.text);
    this.name = 'StageFailure';
    this.failure = failure;
  }
}

/** Returns the Failure that an error carries. An error without one is a bug, and is thrown again. */
export function carriedFailure(error: unknown): Failure {
  if (error instanceof StageFailure) return error.failure;
  throw error;
}
