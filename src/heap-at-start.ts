/**
 * A young generation that holds what the probes under way use: V8 takes its size only from the command line, so the
 * process replaces itself by this program with it, under the same id. Called by `main.ts` for the daemon.
 *
 * At V8's first size, 1 MB, every probe outlives a collection, and its garbage lies among what is kept: collecting it
 * took four fifths of the daemon's CPU at 10,000 mailboxes, and tasks of 40 ms (docs/performance.md).
 */
const FLAGS = ['--min-semi-space-size=8', '--max-semi-space-size=8'];

/** Returns where there is nothing to do: a size is given, or the system cannot replace a process (Windows). */
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
    // The system forbids it: the daemon works without, at more cost.
  }
}
