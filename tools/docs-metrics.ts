/** Writes docs/metrics.md from the table of families. Run: `node tools/docs-metrics.ts`. A test holds it current. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMetrics } from '../src/report/metrics/describe-metrics.ts';

writeFileSync(join(import.meta.dirname, '../docs/metrics.md'), describeMetrics());
