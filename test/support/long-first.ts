/**
 * The order of the test files. Vitest begins with the large ones, but those that take the longest are small: at the end
 * they would run alone, for two minutes, on one of two workers.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** In this order. Those that mostly wait stand between those that compute. */
const LONG = [
  'test/chaos/cluster.test.ts',
  'test/daemon/few-descriptors.test.ts',
  'test/real/failover.test.ts',
  'test/daemon/confusion.test.ts',
  'test/chaos/chaos.test.ts',
  'test/alerts/alerts.test.ts',
  'test/situations/situations.test.ts',
];

export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const at = LONG.findIndex((name) => moduleId.endsWith(name));
  return at === -1 ? LONG.length : at;
}
