/**
 * Maps items concurrently with a limit, and keeps their order. Used by `check`, because a process has a limited number
 * of file descriptors.
 */
export async function mapAtMost<T, R>(
  items: readonly T[],
  most: number,
  map: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  // All calls of `worker` share this iterator, so that each item is mapped once.
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of left) results[at] = await map(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
