import { property, assert, array, double } from 'fast-check';
import { Histogram as PromHistogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Family } from '../../src/report/metrics/family.ts';
import { createHistogram } from '../../src/report/metrics/histogram.ts';

const FAMILY: Family = {
  name: 'wait_seconds',
  help: 'Waits.',
  type: 'histogram',
  labels: ['protocol', 'phase'],
};
const BOUNDS = [0.1, 0.5, 2];

test('counts as prom-client does, a value on a bound included', async () => {
  for (const values of [[], [0.1], [0.5, 0.5, 3], [0, 0.1000001, 2, 2.1]]) await expectSame(values);
  const seconds = double({ min: 0, max: 5, noNaN: true });
  const batches: number[][] = [];
  assert(
    property(array(seconds, { maxLength: 20 }), (values) => void batches.push(values)),
    { numRuns: 50 },
  );
  for (const values of batches) await expectSame(values);
});

test('a family has the series that were begun, each with its labels', () => {
  const histogram = createHistogram(FAMILY, BOUNDS);
  expect(histogram.family().samples).toEqual([]);
  histogram.begin('imap', 'auth')(1);
  histogram.begin('pop3', 'tls');
  const counts = histogram.family().samples.filter(({ name }) => name === 'wait_seconds_count');
  expect(counts.map(({ labels, value }) => [labels, value])).toEqual([
    [{ protocol: 'imap', phase: 'auth' }, 1],
    [{ protocol: 'pop3', phase: 'tls' }, 0],
  ]);
});

async function expectSame(values: readonly number[]): Promise<void> {
  const labels = { protocol: 'imap', phase: 'auth' };
  const theirs = new PromHistogram({
    name: FAMILY.name,
    help: FAMILY.help,
    labelNames: [...FAMILY.labels],
    buckets: BOUNDS,
    registers: [new Registry()],
  });
  theirs.zero(labels);
  const own = createHistogram(FAMILY, BOUNDS);
  const observe = own.begin('imap', 'auth');
  for (const value of values) {
    observe(value);
    theirs.observe(labels, value);
  }
  const expected = (await theirs.get()).values.map((sample) => ({
    name: sample.metricName,
    labels: Object.fromEntries(Object.entries(sample.labels).map(([name, text]) => [name, String(text)])),
    value: sample.value,
  }));
  expect(own.family().samples).toEqual(expected);
}
