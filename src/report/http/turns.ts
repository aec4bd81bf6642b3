/**
 * Lets each request begin in its own turn of the event loop. So probes continue, however many requests arrive at once.
 * Urgent routes such as `/livez` do not wait for a turn.
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
