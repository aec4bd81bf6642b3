/**
 * Gives each caller its own turn of the event loop, so that probes continue between two callers. Requests begin this
 * way, however many arrive at once, except urgent ones such as `/livez`. Long work continues this way: see `slices.ts`.
 */
export interface Turns {
  /** Resolves when it is the caller's turn. Callers get their turns in the order of their calls. */
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
