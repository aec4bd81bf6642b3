/**
 * The process that `config-process.ts` starts for each load of the configuration. It answers the first message with the
 * errors, or with everything but the mailboxes and targets (the head). It answers each further message with some of the
 * mailboxes and targets.
 */
import { loadConfig } from './config/load.ts';
import type { ConfigError } from './config/config-error.ts';
import { headOf, rowsOf, type ConfigRow } from './config/transfer.ts';
import { createFiles } from './files/bounded-files.ts';

export interface ConfigRequest {
  readonly configFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type ConfigAnswer =
  | { readonly kind: 'refused'; readonly errors: readonly ConfigError[]; readonly files: readonly string[] }
  | { readonly kind: 'head'; readonly warnings: readonly ConfigError[]; readonly head: string }
  | { readonly kind: 'rows'; readonly rows: readonly ConfigRow[] }
  | { readonly kind: 'end' }
  /** A bug in mailprobe prevented the load. */
  | { readonly kind: 'failed'; readonly text: string };

/** Mailboxes per message. The parent process parses one message in two milliseconds. */
const SLICE = 200;

const send = (answer: ConfigAnswer): void => void process.send?.(answer);

async function answer({ configFile, env }: ConfigRequest): Promise<void> {
  const loaded = await loadConfig(configFile, { env, files: createFiles() });
  if (!loaded.ok) return send({ kind: 'refused', errors: loaded.errors, files: loaded.files });
  const { warnings, config } = loaded;
  const slices = rowsOf(config, SLICE)[Symbol.iterator]();
  process.on('message', () => {
    const { done, value } = slices.next();
    send(done === true ? { kind: 'end' } : { kind: 'rows', rows: value });
  });
  send({ kind: 'head', warnings, head: headOf(config) });
}

process.once('message', (request: ConfigRequest) => {
  answer(request).catch((error: unknown) => {
    send({ kind: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
// A service manager may send its signal to each process of the service. It is for the parent, which ends this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
/** `process.exit` would wait for a thread that hangs on a disk, and nobody is left to read an exit code. */
const endWithParent = (): void => void process.kill(process.pid, 'SIGKILL');
process.on('disconnect', endWithParent);
if (!process.connected) endWithParent();
