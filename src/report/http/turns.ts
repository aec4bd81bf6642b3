/**
 * Lets requests begin one after the other, each in a turn of the event loop of its own. However many come at once, probes
 * and `/livez`, which takes no turn, run in between. Used by `add-routes.ts`.
 */
export interface Turns {
  /** Resolves when it is the caller's turn. First come, first served. */
  readonly take: () => Promise<void>;
}

export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let isRunning = false;

  const next = (): void => {
    const begin = waiting.shift();
    isRunning = begin !== undefined;
    if (begin === undefined) return;
    begin();
    setImmediate(next);
  };

  return {
    take: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (isRunning) return;
        isRunning = true;
        setImmediate(next);
      }),
  };
}
