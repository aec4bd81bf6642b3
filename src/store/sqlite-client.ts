/**
 * Sends requests to the SQLite worker from the main thread. Numbers them, matches the replies, and sets a deadline for
 * each. Used by `sqlite-store.ts`.
 */
import { fileURLToPath } from 'node:url';
import { InstallationError } from '../model/installation-error.ts';
import { StoreError } from '../model/store-error.ts';
import { Worker } from 'node:worker_threads';
import type { FileOptions, StoreEvent } from './sqlite/file.ts';
import type { Operations } from './sqlite/operations.ts';
import type { Reply, Request } from './sqlite-worker.ts';
import { type Clock } from './store.ts';
import { systemClock } from './system-clock.ts';

type Rest<T> = T extends (db: never, ...rest: infer R) => unknown ? R : never;

export type Ask = <K extends keyof Operations>(
  operation: K,
  ...args: Rest<Operations[K]>
) => Promise<ReturnType<Operations[K]>>;

export interface WorkerClient {
  readonly ask: Ask;
  readonly close: () => Promise<void>;
}

export interface ClientOptions extends FileOptions {
  readonly onEvent: (event: StoreEvent) => void;
  readonly clock: Clock | undefined;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: StoreError) => void;
}

const DEADLINE_MS = 30_000;
/** A backup takes longer, because it copies the whole file. */
const BACKUP_DEADLINE_MS = 600_000;
/** The name ends in `.ts` in the source tree and in `.js` in a build, as the name of this file does. */
const WORKER_FILE = new URL(import.meta.url.replace('sqlite-client', 'sqlite-worker'));
const INCOMPLETE = new InstallationError(`the file ${fileURLToPath(WORKER_FILE)} cannot be run`).message;

export function createWorkerClient({ onEvent, clock = systemClock, ...file }: ClientOptions): WorkerClient {
  const asked = createRequests(onEvent);
  let worker: Worker | undefined;
  let closed = false;

  const start = (): Worker => {
    const started = new Worker(WORKER_FILE, { workerData: file });
    const abandon = (message: string): void => {
      // If `worker` is undefined, the next request starts a new one.
      if (worker !== started) return;
      worker = undefined;
      asked.rejectAll(message);
    };
    started.on('message', (reply: Reply) => {
      asked.settle(reply);
      if (asked.waiting() === 0) worker?.unref();
    });
    // The text of the error is not shown, because it may contain the rows of the write.
    started.on('error', (error) => {
      const isMissing = 'code' in error && String(error.code).endsWith('MODULE_NOT_FOUND');
      abandon(isMissing ? INCOMPLETE : 'the thread of the store failed');
    });
    started.on('exit', () => abandon('the thread of the store ended'));
    return started;
  };
  const request = async (operation: Request['operation'], args: readonly unknown[]): Promise<unknown> => {
    if (closed) throw new StoreError('failed', 'the store is closed');
    // The new request would only wait behind the overdue one.
    if (asked.isOverdue()) throw slow(file.file);
    worker ??= start();
    worker.ref();
    const { id, result } = asked.add();
    const cancel = clock.after(operation === 'backup' ? BACKUP_DEADLINE_MS : DEADLINE_MS, () => {
      asked.giveUp(id, slow(file.file));
      if (asked.waiting() === 0) worker?.unref();
    });
    worker.postMessage({ id, operation, args } satisfies Request);
    return await result.finally(cancel);
  };

  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the worker runs the operation of this name, and replies with its result
    ask: (async (operation, ...args) => await request(operation, args)) as Ask,
    async close() {
      if (closed) return;
      const ended = worker;
      try {
        if (ended !== undefined) await request('close', []);
      } catch {
        // The process must be able to end even if the disk fails. SQLite repairs the file at the next start.
      }
      closed = true;
      await ended?.terminate();
    },
  };
}

interface Requests {
  readonly add: () => { readonly id: number; readonly result: Promise<unknown> };
  readonly settle: (reply: Reply) => void;
  /**
   * Rejects a request whose deadline has passed. The worker goes on with the request, which is overdue until the worker
   * replies.
   */
  readonly giveUp: (id: number, error: StoreError) => void;
  readonly rejectAll: (message: string) => void;
  readonly waiting: () => number;
  readonly isOverdue: () => boolean;
}

function createRequests(onEvent: ClientOptions['onEvent']): Requests {
  let lastId = 0;
  const pending = new Map<number, Pending>();
  const overdue = new Set<number>();
  return {
    add: () => {
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      pending.set(id, { resolve, reject });
      return { id, result: promise };
    },
    settle: (reply) => {
      if ('event' in reply) return onEvent(reply.event);
      overdue.delete(reply.id);
      const asked = pending.get(reply.id);
      pending.delete(reply.id);
      if ('failure' in reply) asked?.reject(new StoreError(reply.failure.code, reply.failure.message));
      else asked?.resolve(reply.result);
    },
    giveUp: (id, error) => {
      const asked = pending.get(id);
      pending.delete(id);
      overdue.add(id);
      asked?.reject(error);
    },
    rejectAll: (message) => {
      overdue.clear();
      for (const [id, { reject }] of pending) {
        pending.delete(id);
        reject(new StoreError('failed', message));
      }
    },
    waiting: () => pending.size,
    isOverdue: () => overdue.size > 0,
  };
}

function slow(file: string): StoreError {
  return new StoreError(
    'slow',
    `the store ${file} does not answer: is its disk overloaded, or its network down?`,
  );
}
