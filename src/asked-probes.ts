/**
 * Passes a request for a probe through the database to the replica that probes the app. The request is a row, into
 * which that replica writes its answer. Both replicas poll the row, because PostgreSQL's LISTEN does not work through
 * PgBouncer. Created by `all-replicas.ts`.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { AnsweredProbe } from './model/asked-probe.ts';
import type { Lease } from './model/lease.ts';
import type { Protocol } from './model/protocol.ts';
import type { App } from './model/target.ts';
import { ProblemError } from './report/http/problem-details.ts';
import type { PostgresStore } from './store/postgres-store.ts';

export interface AskedProbesParts {
  readonly store: Pick<PostgresStore, 'ask' | 'takeAsks' | 'answerAsk' | 'answerOf' | 'endAsk'>;
  readonly lease: () => Lease | undefined;
  readonly probeHere: (mailbox: string, protocols?: readonly Protocol[]) => Promise<AnsweredProbe>;
  readonly onError: (error: unknown) => void;
  readonly times?: AskTimes;
}

export interface AskTimes {
  /** How often a replica reads requests for its apps. */
  readonly takeEveryMs: number;
  readonly readEveryMs: number;
  /**
   * If no replica takes the request within this time, the request fails. The replica that held the app is then dead, or
   * is releasing the app.
   */
  readonly takenWithinMs: number;
}

export interface AskedProbes {
  /** Rejects if no replica answers in time. */
  readonly askAnother: (app: App, mailbox: string, protocols?: readonly Protocol[]) => Promise<AnsweredProbe>;
  readonly close: () => void;
}

const TIMES: AskTimes = { takeEveryMs: 1_000, readEveryMs: 250, takenWithinMs: 5_000 };
/**
 * A replica waits for the answer as long as the time limits of a token request and of a probe allow, and this much
 * longer.
 */
const SPARE_MS = 5_000;

export function createAskedProbes(parts: AskedProbesParts): AskedProbes {
  const { store, lease, probeHere, onError, times = TIMES } = parts;
  let isTaking = false;
  const take = async (): Promise<void> => {
    const held = lease();
    if (isTaking || held === undefined || held.epochs.size === 0) return;
    isTaking = true;
    try {
      for (const { id, mailbox, protocols } of await store.takeAsks(held.replica)) {
        probeHere(mailbox, protocols)
          .then(async (answer) => await store.answerAsk(id, answer))
          .catch(onError);
      }
    } catch (error) {
      onError(error);
    } finally {
      isTaking = false;
    }
  };
  const timer = setInterval(() => void take(), times.takeEveryMs).unref();

  const answerWithin = async (id: string, app: App): Promise<AnsweredProbe> => {
    const mostMs = 2 * app.timeoutMs + SPARE_MS;
    const began = performance.now();
    for (;;) {
      await pause(times.readEveryMs);
      const { isTaken, answer } = await store.answerOf(id);
      if (answer !== undefined) return answer;
      const waitedMs = performance.now() - began;
      if (!isTaken && waitedMs > times.takenWithinMs)
        throw silent(`No replica probes the app ${app.id} now. Another one takes it over within 30 seconds.`);
      if (waitedMs > mostMs)
        throw silent(
          `The replica that probes the app ${app.id} has not answered within ${Math.round(mostMs / 1_000)} seconds.`,
        );
    }
  };

  return {
    askAnother: async (app, mailbox, protocols) => {
      const id = randomUUID();
      await store.ask({ id, app: app.id, mailbox, protocols });
      try {
        return await answerWithin(id, app);
      } finally {
        store.endAsk(id).catch(onError);
      }
    },
    close: () => clearInterval(timer),
  };
}

function silent(what: string): ProblemError {
  return new ProblemError('replica-silent', `${what} Ask again then.`, { 'retry-after': '30' });
}
