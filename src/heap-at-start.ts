/**
 * Sets the size of V8's young generation so that it holds the objects of the probes under way. V8 takes that size only
 * from the command line, so the process replaces itself with the same program and that flag, under the same process id.
 * Called by `main.ts` for the daemon.
 *
 * With V8's initial size of 1 MB, the objects of a probe outlive a collection and move to the old generation.
 * Collecting them there took four fifths of the daemon's CPU at 10,000 mailboxes, and blocked it for 40 ms at a time
 * (docs/performance.md).
 */
const FLAGS = ['--min-semi-space-size=8', '--max-semi-space-size=8'];

/** Returns without effect if a size is given, or if the system cannot replace a process (Windows). */
export function startWithYoungGeneration(): void {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (process.platform === 'win32' || process.execve === undefined) return;
  if (given.replaceAll('_', '-').includes('semi-space-size')) return;
  try {
    process.execve(
      process.execPath,
      [process.execPath, ...FLAGS, ...process.execArgv, ...process.argv.slice(1)],
      process.env,
    );
  } catch {
    // The system forbids it. The daemon then works without it, and uses more CPU.
  }
}
