/** Records the history of each alert of a Prometheus: when it waits, fires and resolves. Used by `run-alerts.ts`. */
import { setTimeout as delay } from 'node:timers/promises';

export interface AlertHistory {
  readonly name: string;
  /** The labels of the series, sorted by name. */
  readonly labels: string;
  /** Each time at which the alert began to wait. More than one time means that it began anew. */
  readonly began: readonly string[];
  readonly firedAt?: number;
  /** When the alert had fired and fired no longer. */
  readonly resolvedAt?: number;
}

export interface AlertWatch {
  readonly histories: () => readonly AlertHistory[];
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly data: {
    readonly alerts: readonly {
      readonly labels: Readonly<Record<string, string>>;
      readonly state: 'pending' | 'firing';
      readonly activeAt: string;
    }[];
  };
}

/** Often enough to see each evaluation. */
const ASK_MS = 5_000;

export function watchAlerts(url: string): AlertWatch {
  const known = new Map<string, AlertHistory>();
  const over = new AbortController();

  const look = async (): Promise<void> => {
    const answer = await fetch(`${url}/api/v1/alerts`);
    const { data }: Answer = JSON.parse(await answer.text());
    const now = Date.now();
    const firing = new Set<string>();
    for (const { labels, state, activeAt } of data.alerts) {
      const { alertname: name = '', ...rest } = labels;
      const text = Object.entries(rest)
        .map((pair) => pair.join('='))
        .toSorted()
        .join(' ');
      const key = `${name} ${text}`;
      const before = known.get(key) ?? { name, labels: text, began: [] };
      const began = before.began.includes(activeAt) ? before.began : [...before.began, activeAt];
      if (state === 'firing') firing.add(key);
      const fired = state === 'firing' && before.firedAt === undefined ? { firedAt: now } : {};
      known.set(key, { ...before, ...fired, began });
    }
    for (const [key, history] of known)
      if (history.firedAt !== undefined && history.resolvedAt === undefined && !firing.has(key))
        known.set(key, { ...history, resolvedAt: now });
  };
  const looking = (async () => {
    while (!over.signal.aborted) {
      await look().catch(() => undefined);
      await delay(ASK_MS);
    }
  })();

  return {
    histories: () => [...known.values()],
    stop: async () => {
      over.abort();
      await looking;
    },
  };
}
