/**
 * Sets memory options that Node.js and the C library take only from the command line and the environment. The process
 * replaces itself with the same program and these options, under the same process id. Called by `main.ts` for the
 * daemon.
 *
 * The young generation gets a size that holds the objects of the probes under way. With V8's initial size of 1 MB, they
 * outlive a collection and move to the old generation. Collecting them there took four fifths of the daemon's CPU at
 * 10,000 mailboxes, and blocked it for 40 ms at a time.
 *
 * malloc gets one arena for all threads, and returns large blocks, such as a rendering of the metrics, to the system
 * when they are freed. Otherwise each of ten threads keeps memory of its own (decision 0011 has the measurements).
 */
export const YOUNG_GENERATION = ['--min-semi-space-size=8', '--max-semi-space-size=8'];
/**
 * Variables of glibc. Other C libraries ignore them. If glibc returned memory to the system in smaller steps than 4 MB,
 * every probe would have to request that memory again.
 */
export const MALLOC: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '4194304',
};

/**
 * Starts the process again with these options. Does nothing if all of them are already set, or if the system cannot
 * replace a process (Windows).
 */
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
    // The system forbids it. The daemon then works without these options, and uses more CPU and memory.
  }
}
