/**
 * Work in short steps, so that the caller can do other work in between. `in-slices.ts` runs it in slices of a few
 * milliseconds.
 */
export type Steps<Result> = Generator<undefined, Result>;

/** Does the remaining steps at once, and returns the result of the work. */
export function runAll<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Steps that one caller does one by one. Another caller may do the remaining ones at once. */
export interface SharedSteps<Result> {
  readonly remaining: () => Steps<Result>;
  readonly complete: () => void;
  readonly isDone: () => boolean;
}

/** Does the first step. */
export function shareSteps<Result>(steps: Steps<Result>): SharedSteps<Result> {
  let last = steps.next();
  const goOn = (): IteratorResult<undefined, Result> => {
    if (last.done !== true) last = steps.next();
    return last;
  };
  return {
    *remaining() {
      for (;;) {
        if (last.done === true) return last.value;
        yield;
        goOn();
      }
    },
    complete() {
      while (goOn().done !== true);
    },
    isDone: () => last.done === true,
  };
}
