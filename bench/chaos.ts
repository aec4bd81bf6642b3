/**
 * `npm run chaos -- [SEED [HOSTILE [ROUNDS]]]`: the long form of the chaos run. Prints what was tried and what held.
 * The exit code is 1 if something did not hold. The same seed picks the same faults.
 */
import { attackDisk } from './chaos/attack-disk.ts';
import { attackHeap } from './chaos/attack-heap.ts';
import { attackTls } from './chaos/attack-tls.ts';
import { runChaos } from './chaos/run-chaos.ts';
import { verdictsOf } from './chaos/verdicts.ts';

const RESETS = 100_000;

const [seed = Date.now() % 1_000_000, hostile = 240, rounds = 21] = process.argv.slice(2).map(Number);
const report = await runChaos({
  seed,
  hostile,
  rounds,
  resets: RESETS,
  onRound: (text) => process.stdout.write(`${text}\n`),
});
process.stdout.write(`\n${JSON.stringify(report, undefined, 2)}\n\n`);
const disk = await attackDisk();
const verdicts = [...verdictsOf(report), ...(await attackTls()), ...(await attackHeap()), ...(disk ?? [])];
for (const { name, held } of verdicts) process.stdout.write(`${held ? 'held' : 'FAILED'}: ${name}\n`);
if (disk === undefined) process.stdout.write('Not tried: a full disk, because this user cannot mount one.\n');
process.exitCode = verdicts.every(({ held }) => held) ? 0 : 1;
