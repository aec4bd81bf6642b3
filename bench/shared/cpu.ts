/** CPU of this thread in milliseconds: on a machine that does other things too, the time on the wall is theirs. */
export function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
