/**
 * The rows of the table that `npm run bench` writes. A bench notes what belongs there; run by itself, it only prints. The
 * rows go through a file, because each bench is a process of its own.
 */
import { appendFileSync } from 'node:fs';

export interface Row {
  readonly what: string;
  readonly measured: string;
}

export const ROWS_VARIABLE = 'MAILPROBE_BENCH_ROWS';

export function note(what: string, measured: string): void {
  const file = process.env[ROWS_VARIABLE];
  const row: Row = { what, measured };
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`);
}
