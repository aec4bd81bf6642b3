/**
 * The worker thread that `sqlite-store.ts` starts. Only this thread opens the file. It handles one request at a time.
 * After an error that may mean a damaged file or a failing disk, the thread closes the file, and the next request opens
 * the file again.
 */
import type { StoreFailure } from '../model/store-error.ts';
import { parentPort, workerData } from 'node:worker_threads';
import { storeError } from './sqlite/failure.ts';
import {
  lockFile,
  moveAside,
  openFile,
  type FileOptions,
  type OpenFile,
  type StoreEvent,
} from './sqlite/file.ts';
import { OPERATIONS, type Operations } from './sqlite/operations.ts';

export interface Request {
  readonly id: number;
  readonly operation: keyof Operations | 'close';
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: { readonly code: StoreFailure; readonly message: string } }
  | { readonly event: StoreEvent };

const options: FileOptions = workerData;
let unlock: (() => void) | undefined;
let opened: OpenFile | undefined;

const reply = (message: Reply): void => parentPort?.postMessage(message);
const onEvent = (event: StoreEvent): void => reply({ event });

function close(): void {
  const last = opened;
  opened = undefined;
  last?.close();
}

function perform({ operation, args }: Request): unknown {
  if (operation === 'close') {
    close();
    unlock?.();
    return undefined;
  }
  if (!options.readOnly) unlock ??= lockFile(options.file);
  opened ??= openFile(options, onEvent);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `sqlite-client.ts` sends only arguments that fit the operation
  const run = OPERATIONS[operation] as (db: OpenFile, ...args: readonly unknown[]) => unknown;
  return run(opened, ...args);
}

parentPort?.on('message', (request: Request) => {
  try {
    reply({ id: request.id, result: perform(request) });
  } catch (error) {
    const { code, message } = storeError(error, options.file);
    try {
      if (code === 'corrupt' || code === 'failed' || code === 'read-only') close();
      if (code === 'corrupt' && !options.readOnly) moveAside(options.file, onEvent);
    } catch {
      // The file cannot be closed or moved. The next request reports the reason.
      opened = undefined;
    }
    reply({ id: request.id, failure: { code, message } });
  }
});
