/** Ends the process after its command, even if something still keeps it alive. Called last by `main.ts`. */
/** After this time, the process is ended by force. Normally it has ended by then. */
const GRACE_MS = 200;

/**
 * A read from a mount whose server is gone, or a lookup whose resolver does not answer, blocks a thread of Node's pool.
 * Node's own exit, including `process.exit`, waits for that thread. `process.execve` does not wait, because the kernel
 * ends all threads when it replaces the process image. The new image only sets the exit code. If `process.execve`
 * fails, SIGKILL ends the process.
 */
export function endProcess(exitCode: number): void {
  process.exitCode = exitCode;
  setTimeout(() => {
    try {
      process.execve?.(process.execPath, [process.execPath, '-e', `process.exitCode = ${exitCode}`], {});
    } catch {
      // The system does not allow `execve`.
    }
    process.kill(process.pid, 'SIGKILL');
  }, GRACE_MS).unref();
}
