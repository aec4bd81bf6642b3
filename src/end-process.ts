/**
 * Ends the process when its command has ended, whatever still holds it. Called by `main.ts`, last of all.
 */
/** What has ended in good order leaves nothing behind, and the process is gone before. */
const GRACE_MS = 200;

/**
 * A file of a mount whose server is gone, or a name whose resolver does not answer, holds a thread of Node's pool until
 * it does. Node's own exit, `process.exit` too, waits for that thread. A new image of the process does not: the kernel
 * ends all threads of the old one, and the exit code stays that of the command. SIGKILL is what is left without it.
 */
export function endProcess(exitCode: number): void {
  process.exitCode = exitCode;
  setTimeout(() => {
    try {
      process.execve?.(process.execPath, [process.execPath, '-e', `process.exitCode = ${exitCode}`], {});
    } catch {
      // Where the system forbids it, see below.
    }
    process.kill(process.pid, 'SIGKILL');
  }, GRACE_MS).unref();
}
