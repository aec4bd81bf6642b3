/**
 * Does the cost of a failed probe depend on how many mailboxes fail with it? Measures the first round in which all
 * mailboxes fail: one app with 1,000 mailboxes, one with 10,000, and 100 apps of one tenant. The exit code is 1 if ten
 * times the mailboxes cost more than twice as much per probe. Run: `npm run bench:large-app`.
 */
import { diagnose } from '../src/diagnosis/diagnose.ts';
import { diagnoseCutOff } from '../src/diagnosis/diagnose-cut-off.ts';
import { ONE_AT_A_TIME } from '../src/status/corroboration.ts';
import { createStatusStore } from '../src/status/status-store.ts';
import { threadCpuMs } from './shared/cpu.ts';
import { freshEvidence, OUTAGES, targetsOf } from './shared/fleet.ts';
import { machineLine } from './shared/machine.ts';
import { medianOf } from './shared/median.ts';
import { note } from './shared/table.ts';

const FLEETS = [
  { name: 'one app, 1,000 mailboxes', mailboxes: 1_000, apps: 1 },
  { name: 'one app, 10,000 mailboxes', mailboxes: 10_000, apps: 1 },
  { name: '100 apps of one tenant, 10,000 mailboxes', mailboxes: 10_000, apps: 100 },
] as const;
const REPEATS = 1;
const START = Date.now();
const failed = OUTAGES['refused login'] ?? {};

/**
 * Returns the CPU microseconds per probe of the first failing round: for everything after the evidence, and for the
 * search for corroborating probes alone.
 */
function firstFailingRound(
  mailboxes: number,
  apps: number,
): { readonly all: number; readonly search: number } {
  const store = createStatusStore({ diagnoseCutOff });
  const targets = targetsOf(mailboxes, apps);
  store.update(targets, START);
  let allMs = 0;
  let searchMs = 0;
  for (const isFailing of [false, true]) {
    allMs = 0;
    searchMs = 0;
    for (const [n, target] of targets.entries()) {
      const startedAt = START + (isFailing ? 300_000 : 0) + n;
      const evidence = freshEvidence({ target, startedAt, ...(isFailing ? { failed } : {}) });
      const before = threadCpuMs();
      const context = store.contextFor(target, evidence, startedAt, {});
      store.record(target, evidence, diagnose(evidence, context), startedAt);
      const recorded = threadCpuMs();
      store.corroborating([{ target, evidence, context }], ONE_AT_A_TIME);
      const ended = threadCpuMs();
      allMs += ended - before;
      searchMs += ended - recorded;
    }
  }
  const perProbe = (ms: number): number => (ms * 1_000) / targets.length;
  return { all: perProbe(allMs), search: perProbe(searchMs) };
}

process.stdout.write(`${machineLine()}\n`);
// Warms up the code before the measurements.
firstFailingRound(1_000, 1);
const medians = FLEETS.map(({ name, mailboxes, apps }) => {
  const rounds = Array.from({ length: REPEATS }, () => firstFailingRound(mailboxes, apps));
  const all = medianOf(rounds.map((round) => round.all));
  const search = medianOf(rounds.map((round) => round.search));
  const measured = `${all.toFixed(0)} µs of CPU per probe after its evidence, ${search.toFixed(1)} of them to find corroborating probes`;
  process.stdout.write(`first failing round, ${name}: ${measured}\n`);
  note(`first failing round, ${name}`, measured);
  return all;
});
const [small = 0, large = 0] = medians;
if (large > 2 * small) {
  process.stdout.write('ten times the mailboxes cost more than twice as much\n');
  process.exitCode = 1;
}
