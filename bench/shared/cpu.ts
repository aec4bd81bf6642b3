/**
 * Returns the CPU milliseconds of this thread. On a busy machine, elapsed time would include the work of other
 * processes.
 */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
