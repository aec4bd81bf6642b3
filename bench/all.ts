/**
 * `npm run bench`: runs the benches one after the other, each in its own process, and writes their figures as one table
 * into docs/performance.md. Run it on an idle machine. The table states how busy the machine was.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machineLine, machineName } from './shared/machine.ts';
import { ROWS_VARIABLE, type Row } from './shared/table.ts';

interface Bench {
  readonly file: string;
  readonly args?: readonly string[];
  readonly nodeOptions?: readonly string[];
  /**
   * The bench is stopped after this time, so that the other benches get their time. If less than a quarter of this time
   * is left of the whole run, the bench is not started.
   */
  readonly withinMs: number;
  /** Reads the rows of the table from the output. Only for a bench that does not note its rows itself. */
  readonly rowsOf?: (output: string) => readonly Row[];
}

const DOCUMENT = join(import.meta.dirname, '../docs/performance.md');
const BEGIN = '<!-- npm run bench writes from here -->';
const END = '<!-- to here -->';
/** The time limit of the whole run, so that a bench that hangs does not block it. */
const WITHIN_MS = 590_000;
const OUTAGE_MAILBOXES = 2_000;
/**
 * A tenth of the large fleet, with a fifth of its interval. The start, the reloads and the outage then take four
 * minutes.
 */
const FLEET = { mailboxes: 1_000, interval: '60s' };

const BENCHES: readonly Bench[] = [
  {
    file: 'memory.ts',
    args: ['--mailboxes', String(FLEET.mailboxes), '--interval', FLEET.interval],
    withinMs: 260_000,
    rowsOf: phases,
  },
  { file: 'probe.ts', args: ['--probes', '600', '--rounds', '4', '--within', '150'], withinMs: 200_000 },
  { file: 'large-app.ts', withinMs: 60_000 },
  {
    file: 'outage.ts',
    args: [String(OUTAGE_MAILBOXES)],
    nodeOptions: ['--expose-gc'],
    withinMs: 60_000,
  },
  { file: 'metrics.ts', nodeOptions: ['--expose-gc'], withinMs: 60_000, rowsOf: scrapes },
];

const folder = mkdtempSync(join(tmpdir(), 'mailprobe-bench-'));
const rowsFile = join(folder, 'rows.jsonl');
const began = performance.now();
const before = machineLine();
const rows: Row[] = [];
for (const bench of BENCHES) rows.push(...(await run(bench)));
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
const table = [
  `${new Date().toISOString().slice(0, 10)}, ${machineName()}, in ${minutes} minutes. At the start: ${before}; at the end: ${machineLine()}.`,
  '',
  '| what | measured |',
  '|---|---|',
  ...rows.map(({ what, measured }) => `| ${what} | ${measured} |`),
].join('\n');
process.stdout.write(`\n${table}\n`);
const text = readFileSync(DOCUMENT, 'utf8');
const [head, rest] = text.split(BEGIN);
const tail = rest?.split(END)[1];
if (head !== undefined && tail !== undefined)
  writeFileSync(DOCUMENT, `${head}${BEGIN}\n\n${table}\n\n${END}${tail}`);
rmSync(folder, { recursive: true });

async function run({ file, args = [], nodeOptions = [], withinMs, rowsOf }: Bench): Promise<readonly Row[]> {
  process.stdout.write(`\n${file} ${args.join(' ')}\n`);
  rmSync(rowsFile, { force: true });
  const left = Math.round(WITHIN_MS - (performance.now() - began));
  if (left < withinMs / 4)
    return [{ what: file, measured: 'not run: the machine was too busy for it to end in time' }];
  const child = spawn(process.execPath, [...nodeOptions, join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [ROWS_VARIABLE]: rowsFile },
    timeout: Math.min(left, withinMs),
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  const [code]: (number | null)[] = await once(child, 'exit');
  if (code !== 0) process.exitCode = 1;
  const noted = existsSync(rowsFile) ? readFileSync(rowsFile, 'utf8').trim().split('\n') : [];
  const own = [...noted.map((line): Row => JSON.parse(line)), ...(rowsOf?.(output) ?? [])];
  return code === 0
    ? own
    : [...own, { what: file, measured: code === null ? 'stopped: its time was over' : 'beyond a limit' }];
}

/** Reads the lines of `memory.ts`, such as `healthy: RSS 315 MB, at most 326; ...` */
function phases(output: string): readonly Row[] {
  return [...output.matchAll(/^([\w, ]+): (RSS .*)$/gm)].map(([, phase = '', measured = '']) => ({
    what: `${FLEET.mailboxes.toLocaleString('en')} mailboxes x 2 every ${FLEET.interval}, ${phase}`,
    measured,
  }));
}

/** Reads the lines of `metrics.ts`, such as `10000 mailboxes x 2: 33.0 MB in 300 ms of CPU; ...` */
function scrapes(output: string): readonly Row[] {
  return [...output.matchAll(/^(\d+ mailboxes x \d+): (.*)$/gm)].map(([, fleet = '', measured = '']) => ({
    what: `scrape, ${fleet}`,
    measured,
  }));
}
