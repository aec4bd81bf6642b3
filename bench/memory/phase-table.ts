/** Renders the phases of a run as the table of docs/performance.md. Used by `bench/memory.ts`. */
export interface Phase {
  readonly phase: string;
  /** In MB. */
  readonly now: number;
  readonly most: number;
  /** CPU milliseconds of a turn of the event loop. */
  readonly worst: number;
  /** The longest turn without the garbage collections in it. */
  readonly own: number;
  readonly p999: number;
  readonly over: number;
  readonly total: number;
  readonly gcMs: number;
  /** In percent. */
  readonly core: number;
  readonly note: string;
}

export function tableOf(phases: readonly Phase[]): string {
  return [
    '| | memory | longest turn of the event loop | without collection | p99.9 | turns over 20 ms | longest collection | one core | |',
    '|---|---|---|---|---|---|---|---|---|',
    ...phases.map(rowOf),
  ].join('\n');
}

function rowOf({ phase, now, most, worst, own, p999, over, total, gcMs, core, note }: Phase): string {
  const cells = [
    phase,
    `${now.toFixed(0)} MB, at most ${most.toFixed(0)}`,
    `${worst} ms`,
    `${own} ms`,
    `${p999} ms`,
    `${over} of ${total}`,
    `${gcMs.toFixed(0)} ms`,
    `${core.toFixed(0)} %`,
    note,
  ];
  return `| ${cells.join(' | ')} |`;
}
