/**
 * What Node.js and the C library take only from the command line and the environment: the process replaces itself by this
 * program with them, under the same id. Called by `main.ts` for the daemon.
 *
 * A young generation that holds what the probes under way use. At V8's first size, 1 MB, every probe outlives a
 * collection, and its garbage lies among what is kept: collecting it took four fifths of the daemon's CPU at 10,000
 * mailboxes, and tasks of 40 ms.
 *
 * One arena of malloc for all threads, and large blocks that go back to the system when they are freed: otherwise each of
 * ten threads keeps memory of its own, and each rendering of 14 MB leaves holes (docs/performance.md).
 */
export const YOUNG_GENERATION = ['--min-semi-space-size=8', '--max-semi-space-size=8'];
/** Of glibc; other C libraries ignore them. Trimmed at less than 4 MB, every probe would take its pages anew. */
export const MALLOC: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '4194304',
};

/** Returns where there is nothing to do: everything is given, or the system cannot replace a process (Windows). */
export function startWithMemorySettings(): void {
  if (process.platform === 'win32' || process.execve === undefined) return;
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  const flags = given.replaceAll('_', '-').includes('semi-space-size') ? [] : YOUNG_GENERATION;
  const isComplete = Object.keys(MALLOC).every((name) => process.env[name] !== undefined);
  if (flags.length === 0 && isComplete) return;
  try {
    process.execve(
      process.execPath,
      [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)],
      { ...MALLOC, ...process.env },
    );
  } catch {
    // The system forbids it: the daemon works without, at more cost.
  }
}
