/**
 * How a stage fails from within: an error that carries its finished Failure up to where the stage is recorded. Thrown
 * by the network steps and the protocols alike; it never leaves `probe/`.
 */
import type { Failure } from '../model/evidence.ts';

export class StageFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.text);
    this.name = 'StageFailure';
    this.failure = failure;
  }
}

/** The Failure that an error carries; an error that carries none is a bug, and goes on. */
export function carriedFailure(error: unknown): Failure {
  if (error instanceof StageFailure) return error.failure;
  throw error;
}
