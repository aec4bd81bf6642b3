/**
 * The error of a failed stage, which carries the Failure to the stage recorder. Thrown by the network steps and the
 * protocols. Never leaves `probe/`.
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

/** Throws the error again if it carries no Failure, because such an error is a bug. */
export function carriedFailure(error: unknown): Failure {
  if (error instanceof StageFailure) return error.failure;
  throw error;
}
