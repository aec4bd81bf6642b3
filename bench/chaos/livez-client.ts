/**
 * Asks `/livez` without a pause, in a process that does nothing else: what it measures is the daemon's. Whom to ask comes
 * first; each later message asks for the counts so far, or that it stops asking or goes on. Forked by `daemon-process.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { timeAnswer } from './cpu-wait.ts';
import { answerWith } from './forked.ts';
import { get } from './get.ts';
import { LIVEZ_LIMIT_MS, LIVEZ_OWN_LIMIT_MS, type Liveness, type LivezFailure } from './liveness.ts';

export interface Asked {
  readonly url: string;
  readonly pid: number;
}

const PAUSE_MS = 50;

const counts = { asked: 0, worstMs: 0, worstOwnMs: 0 };
const failures: LivezFailure[] = [];
let isStarted = false;
let isAsking = false;
/** Counts the stops. */
let span = 0;

answerWith(async (text): Promise<Liveness> => {
  if (!isStarted) {
    isStarted = true;
    void ask(JSON.parse(text));
    return { ...counts, failures };
  }
  const message: 'stop' | 'go' | 'report' = JSON.parse(text);
  if (message === 'stop') span += 1;
  if (message !== 'report') isAsking = message === 'go';
  return await Promise.resolve({ ...counts, failures });
});

async function ask(asked: Asked): Promise<void> {
  for (;;) {
    if (isAsking) await askOnce(asked);
    await delay(PAUSE_MS);
  }
}

async function askOnce({ url, pid }: Asked): Promise<void> {
  const during = span;
  const { value, ms, ownMs } = await timeAnswer(pid, async () =>
    get(`${url}/livez`, LIVEZ_LIMIT_MS).then(
      ({ status }) => (status === 200 ? undefined : `status ${status}`),
      (error: unknown) => String(error),
    ),
  );
  // What was asked before a stop of the process does not count.
  if (during !== span) return;
  counts.asked += 1;
  counts.worstMs = Math.max(counts.worstMs, Math.round(ms));
  counts.worstOwnMs = Math.max(counts.worstOwnMs, Math.round(ownMs));
  const failure = value ?? (ownMs > LIVEZ_OWN_LIMIT_MS ? 'slow' : undefined);
  if (failure === undefined) return;
  failures.push({
    at: new Date().toISOString(),
    ms: Math.round(ms),
    ownMs: Math.round(ownMs),
    failure,
  });
}
