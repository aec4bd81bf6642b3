import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { TEST_MS, WAIT_MS } from './test/support/limits.ts';
import { LongFirst } from './test/support/long-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/provision.ts'],
    testTimeout: TEST_MS,
    hookTimeout: TEST_MS,
    expect: { poll: { timeout: WAIT_MS } },
    pool: 'forks',
    sequence: { sequencer: LongFirst },
    // Many files wait for servers and time-outs more than they compute: on two cores, two at a time leave much of them idle.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    reporters: process.env.CI
      ? ['default', ['json', { outputFile: '.cache/test-report.json' }]]
      : ['default'],
  },
});
