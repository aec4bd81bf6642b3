/**
 * Requests `/livez` without a pause, in a process that does nothing else, so that it measures only the daemon. The
 * first message is the address. Each later message stops the requests, continues them, or asks for the counts so far.
 * Forked by `daemon-process.ts`.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { timeAnswer } from './cpu-wait.ts';
import { answerWith } from './forked.ts';
import { get } from './get.ts';
import {
  type CpuWait,
  LIVEZ_CPU_LIMIT_MS,
  LIVEZ_LIMIT_MS,
  LIVEZ_OWN_LIMIT_MS,
  type Liveness,
  type LivezFailure,
  NOTABLE_WAIT_MS,
} from './liveness.ts';

export interface Asked {
  readonly url: string;
  readonly pid: number;
}

const PAUSE_MS = 50;

const counts = { asked: 0, worstMs: 0, worstOwnMs: 0, worstCpuMs: 0 };
const failures: LivezFailure[] = [];
const waits: CpuWait[] = [];
let isStarted = false;
let isAsking = false;
/** The number of stops so far. */
let span = 0;

answerWith(async (text): Promise<Liveness> => {
  if (!isStarted) {
    isStarted = true;
    void ask(JSON.parse(text));
    return { ...counts, failures, waits };
  }
  const message: 'stop' | 'go' | 'report' = JSON.parse(text);
  if (message === 'stop') span += 1;
  if (message !== 'report') isAsking = message === 'go';
  return await Promise.resolve({ ...counts, failures, waits });
});

async function ask(asked: Asked): Promise<void> {
  for (;;) {
    if (isAsking) await askOnce(asked);
    await delay(PAUSE_MS);
  }
}

async function askOnce({ url, pid }: Asked): Promise<void> {
  const during = span;
  const at = Date.now();
  const refused = refusedConnections();
  const { value, ms, ownMs, waitedMs, cpuMs } = await timeAnswer(pid, async () =>
    get(`${url}/livez`, LIVEZ_LIMIT_MS).then(
      ({ status }) => (status === 200 ? undefined : `status ${status}`),
      (error: unknown) => String(error),
    ),
  );
  // A request that began before a stop of the daemon does not count.
  if (during !== span) return;
  counts.asked += 1;
  if (waitedMs >= NOTABLE_WAIT_MS) waits.push({ at, ms, waitedMs });
  counts.worstMs = Math.max(counts.worstMs, Math.round(ms));
  counts.worstOwnMs = Math.max(counts.worstOwnMs, Math.round(ownMs));
  counts.worstCpuMs = Math.max(counts.worstCpuMs, Math.round(cpuMs));
  const refusedMeanwhile = refusedConnections() - refused;
  const isSlow = cpuMs > LIVEZ_CPU_LIMIT_MS || (ownMs > LIVEZ_OWN_LIMIT_MS && refusedMeanwhile === 0);
  const failure = value ?? (isSlow ? 'slow' : undefined);
  if (failure === undefined) return;
  failures.push({
    at: new Date().toISOString(),
    ms: Math.round(ms),
    ownMs: Math.round(ownMs),
    cpuMs: Math.round(cpuMs),
    refused: refusedMeanwhile,
    failure,
  });
}

/**
 * Returns how many connections to listening sockets the Linux kernel has refused since the machine started. 0 if there
 * is no such count.
 */
function refusedConnections(): number {
  try {
    const [names = '', values = ''] = readFileSync('/proc/net/netstat', 'utf8').split('\n');
    return Number(values.split(' ')[names.split(' ').indexOf('ListenOverflows')] ?? 0);
  } catch {
    return 0;
  }
}
