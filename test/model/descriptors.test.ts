import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { divideDescriptors } from '../../src/model/descriptors.ts';

test.each([
  [64, 8, 6],
  [256, 70, 71],
  [1024, 326, 327],
  [4096, 1000, 1526],
  [65_536, 1000, 32_246],
  [Number.POSITIVE_INFINITY, 1000, Number.POSITIVE_INFINITY],
])('%d descriptors are enough for %d connections and %d probes', (limit, connections, probes) => {
  expect(divideDescriptors(limit)).toEqual({ connections, probes });
});

test('however few there are, one probe runs and a client is answered; otherwise all fit', () => {
  assert(
    property(integer({ min: 1, max: 100_000 }), (limit) => {
      const { connections, probes } = divideDescriptors(limit);
      expect(probes).toBeGreaterThanOrEqual(1);
      expect(connections).toBeGreaterThanOrEqual(8);
      expect(44 + connections + 2 * probes).toBeLessThanOrEqual(Math.max(limit, 54));
    }),
  );
});
