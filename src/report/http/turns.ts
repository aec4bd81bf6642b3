/**
 * Lets requests begin one after the other, each in its own turn of the event loop. However many arrive at once, probes
 * run in between. Urgent routes such as `/livez` do not wait for a turn. Used by `add-routes.ts`.
 */
export interface Turns {
  /** Resolves when it is the caller's turn. Callers are served in the order of their calls. */
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
