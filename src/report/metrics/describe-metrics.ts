/** Generates docs/metrics.md from the tables of metrics. A test compares the file with the result. */
import type { Family } from './family.ts';
import { FLEET_FAMILIES } from './fleet-families.ts';
import { LOOP_DELAY, PHASE_DURATION } from './recorder.ts';
import { TARGET_FAMILIES } from './target-families.ts';

export function describeMetrics(): string {
  return `# Metrics

Generated from the tables in \`src/report/metrics/\`. Do not edit: change the table, then run \`npm run docs\`.

\`GET /metrics\` answers in the text format 0.0.4 of Prometheus, or in OpenMetrics 1.0 if the \`Accept\` header of the
scraper asks for it. \`mailbox\` is the id from the configuration, never an address. Times are seconds since the Unix
epoch: \`time() - x\` is an age, and \`x - time()\` is the time left. The time of something that never happened is absent,
not zero. Counters exist from the first scrape.

## Per mailbox and protocol

${table(TARGET_FAMILIES)}

## Problems, apps, credentials and endpoints, and the prober itself

${table([...FLEET_FAMILIES, PHASE_DURATION, LOOP_DELAY])}

## The process

The usual \`process_*\` and \`nodejs_*\` metrics of a Node.js process: CPU, memory, file descriptors, event-loop lag,
garbage collection.
`;
}

function table(families: readonly Family[]): string {
  const rows = families.map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return ['| metric | type | labels | meaning |', '|---|---|---|---|', ...rows].join('\n');
}
