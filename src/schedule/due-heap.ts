/**
 * Which item is due next? A binary heap, so that one timer serves tens of thousands of targets. It cannot remove an
 * item early. The agenda skips an outdated item when it is due.
 */
export interface DueHeap<T extends { readonly dueMs: number }> {
  readonly push: (item: T) => void;
  readonly peek: () => T | undefined;
  readonly pop: () => T | undefined;
  readonly clear: () => void;
}

export function createDueHeap<T extends { readonly dueMs: number }>(): DueHeap<T> {
  const heap: T[] = [];

  const dueAt = (at: number): number => heap[at]?.dueMs ?? Number.POSITIVE_INFINITY;

  const swap = (a: number, b: number): void => {
    const [first, second] = [heap[a], heap[b]];
    if (first === undefined || second === undefined) return;
    heap[a] = second;
    heap[b] = first;
  };

  return {
    push(item) {
      let at = heap.push(item) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (dueAt(parent) <= item.dueMs) return;
        swap(at, parent);
        at = parent;
      }
    },
    peek: () => heap[0],
    pop() {
      swap(0, heap.length - 1);
      const first = heap.pop();
      for (let at = 0; ; ) {
        const left = at * 2 + 1;
        const child = dueAt(left + 1) < dueAt(left) ? left + 1 : left;
        if (dueAt(child) >= dueAt(at)) return first;
        swap(at, child);
        at = child;
      }
    },
    clear: () => {
      heap.length = 0;
    },
  };
}
