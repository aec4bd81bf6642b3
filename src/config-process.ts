/**
 * Reads the configuration in a separate process, one for each load. When that process ends, the system gets back the
 * memory used for parsing: 150 MB at ten thousand mailboxes. The memory of a thread would stay with this process. Used
 * by `serve`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from './config/config.ts';
import type { ConfigLoader } from './config-loader.ts';
import { createConfigReceiver } from './config/transfer.ts';
import type { ConfigAnswer, ConfigRequest } from './config-child.ts';
import { InstallationError } from './model/installation-error.ts';

/** Next to this file: `.ts` in the source tree, `.js` in a build. */
const CHILD_FILE = new URL(import.meta.url.replace('config-process', 'config-child'));
/**
 * Keeps V8's young generation small. Most parsed data lives until the process ends, so a large young generation would
 * only be copied.
 */
const EXEC_ARGV = ['--max-semi-space-size=1', '--optimize-for-size'];

/**
 * The child leads a process group of its own. A signal to the whole group, as Ctrl-C sends it, is for this process only. If
 * it ended the child first, the load would fail before this process knows of the signal.
 */
function startChild(): ChildProcess {
  return fork(CHILD_FILE, {
    execArgv: EXEC_ARGV,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
    windowsHide: true,
  });
}

export function createConfigProcess(request: ConfigRequest): ConfigLoader {
  const receiver = createConfigReceiver();
  let last: Promise<unknown> = Promise.resolve();

  const receive = async (child: ChildProcess, first: ConfigRequest | 'next'): Promise<ConfigAnswer> => {
    const ended = new AbortController();
    const end = (code: number | null, signal: string | null): void => {
      // It answers whatever happens, unless its file or one of its imports cannot be loaded.
      const isIncomplete = code !== null && first !== 'next';
      ended.abort(
        isIncomplete
          ? new InstallationError(`the file ${fileURLToPath(CHILD_FILE)} cannot be run (exit code ${code})`)
          : new Error(`the process that reads the configuration ended (${code ?? signal})`),
      );
    };
    child.once('exit', end);
    try {
      child.send(first);
      const [answer]: ConfigAnswer[] = await once(child, 'message', { signal: ended.signal });
      if (answer === undefined || answer.kind === 'failed') throw new Error(answer?.text ?? 'no answer');
      return answer;
    } catch (error) {
      throw ended.signal.aborted ? ended.signal.reason : error;
    } finally {
      child.off('exit', end);
    }
  };

  const load = async (): Promise<LoadResult> => {
    const child = startChild();
    try {
      const head = await receive(child, { configFile: request.configFile, env: { ...request.env } });
      if (head.kind === 'refused') return { ok: false, errors: head.errors, files: head.files };
      if (head.kind !== 'head') throw new Error(`expected the head of the configuration, got ${head.kind}`);
      receiver.begin(head.head);
      for (;;) {
        const answer = await receive(child, 'next');
        if (answer.kind !== 'rows') break;
        receiver.add(answer.rows);
      }
      return { ok: true, warnings: head.warnings, config: receiver.end() };
    } finally {
      child.kill('SIGKILL');
    }
  };

  return {
    load: async () => {
      const loading = last.then(load);
      last = loading.catch(() => undefined);
      return await loading;
    },
  };
}
