/** Calls `run` `count` times, with at most `concurrency` calls at the same time. */
export async function inParallel(
  count: number,
  concurrency: number,
  run: (at: number) => Promise<unknown>,
): Promise<void> {
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < count) {
      started += 1;
      await run(started - 1);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
