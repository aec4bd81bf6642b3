/**
 * The main thread's side of the SQLite worker: numbered requests, their replies, and a deadline for each. Used by
 * `sqlite-store.ts`.
 */
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
/** A backup copies the whole file. */
const BACKUP_DEADLINE_MS = 600_000;
/** Next to this file: `.ts` in the source tree, `.js` in a build. */
const WORKER_FILE = new URL(import.meta.url.replace('sqlite-client', 'sqlite-worker'));

export function createWorkerClient({ onEvent, clock = systemClock, ...file }: ClientOptions): WorkerClient {
  let worker: Worker | undefined;
  let lastId = 0;
  let closed = false;
  const pending = new Map<number, Pending>();
  /** Requests that have passed their deadline, and that the worker is still processing. */
  const overdue = new Set<number>();

  const settle = (reply: Reply): void => {
    if ('event' in reply) return onEvent(reply.event);
    overdue.delete(reply.id);
    const asked = pending.get(reply.id);
    pending.delete(reply.id);
    if (pending.size === 0) worker?.unref();
    if ('failure' in reply) asked?.reject(new StoreError(reply.failure.code, reply.failure.message));
    else asked?.resolve(reply.result);
  };
  const abandon = (message: string): void => {
    worker = undefined;
    overdue.clear();
    for (const [id, { reject }] of pending) {
      pending.delete(id);
      reject(new StoreError('failed', message));
    }
  };
  const start = (): Worker => {
    const started = new Worker(WORKER_FILE, { workerData: file });
    started.on('message', settle);
    // The next request starts a new worker. The error's text may hold what was being written, so it is not shown.
    started.on('error', () => {
      if (worker === started) abandon('the thread of the store broke');
    });
    started.on('exit', () => {
      if (worker === started) abandon('the thread of the store ended');
    });
    return started;
  };
  const request = async (operation: Request['operation'], args: readonly unknown[]): Promise<unknown> => {
    if (closed) throw new StoreError('failed', 'the store is closed');
    // Another request would only wait behind the one that hangs.
    if (overdue.size > 0) throw slow(file.file);
    worker ??= start();
    worker.ref();
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const cancel = clock.after(operation === 'backup' ? BACKUP_DEADLINE_MS : DEADLINE_MS, () => {
      pending.delete(id);
      overdue.add(id);
      if (pending.size === 0) worker?.unref();
      reject(slow(file.file));
    });
    pending.set(id, { resolve, reject });
    worker.postMessage({ id, operation, args } satisfies Request);
    return await promise.finally(cancel);
  };

  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the worker calls the same table
    ask: (async (operation, ...args) => await request(operation, args)) as Ask,
    async close() {
      if (closed) return;
      const ended = worker;
      try {
        if (ended !== undefined) await request('close', []);
      } catch {
        // The process must be able to end, whatever the disk does. SQLite recovers the file at the next start.
      }
      closed = true;
      await ended?.terminate();
    },
  };
}

function slow(file: string): StoreError {
  return new StoreError(
    'slow',
    `the store ${file} does not answer: is its disk overloaded, or its network away?`,
  );
}
