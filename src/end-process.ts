/** Ends the process after its command, even if something still keeps it alive. Called last by `main.ts`. */
/** The process is ended by force after this time. Normally nothing keeps it alive, and it has ended by then. */
const GRACE_MS = 200;

/**
 * A read from a mount whose server is gone, or a lookup whose resolver does not answer, blocks a thread of Node's pool.
 * Node's own exit, including `process.exit`, waits for that thread. Replacing the process image does not wait: the
 * kernel ends all old threads, and the exit code stays that of the command. Where the image cannot be replaced, SIGKILL
 * ends the process.
 */
export function endProcess(exitCode: number): void {
  process.exitCode = exitCode;
  setTimeout(() => {
    try {
      process.execve?.(process.execPath, [process.execPath, '-e', `process.exitCode = ${exitCode}`], {});
    } catch {
      // The system forbids it: fall through to SIGKILL.
    }
    process.kill(process.pid, 'SIGKILL');
  }, GRACE_MS).unref();
}
