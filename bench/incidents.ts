/**
 * Measures what one second of a large outage costs after its probes are recorded: the changes of problems, the
 * incidents, and the rows for the store. The second grows the outage, leaves it as it is, or ends a part of it. Prints
 * CPU milliseconds. Run: `npm run bench:incidents [-- MAILBOXES]`.
 */
import { diagnose } from '../src/diagnosis/diagnose.ts';
import { diagnoseCutOff } from '../src/diagnosis/diagnose-cut-off.ts';
import type { Target } from '../src/model/target.ts';
import { newId } from '../src/new-id.ts';
import { createIncidents } from '../src/status/incidents.ts';
import { createStatusStore } from '../src/status/status-store.ts';
import { createPendingChanges } from '../src/store/pending-changes.ts';
import { threadCpuMs } from './shared/cpu.ts';
import { freshEvidence, OUTAGES, targetsOf } from './shared/fleet.ts';
import { machineLine } from './shared/machine.ts';

const MAILBOXES = Number(process.argv[2] ?? 10_000);
const PER_SECOND = Math.ceil((MAILBOXES * 2) / 300);
const SECONDS = 30;
const CONFIRMED_AFTER = 3;
const SLICE = 500;

const failed = OUTAGES['refused login'];
if (failed === undefined) throw new Error('the outage is gone');
const targets = targetsOf(MAILBOXES, 20);
const growing = targets.slice(-PER_SECOND * SECONDS);
const store = createStatusStore({ diagnoseCutOff });
const incidents = createIncidents({ ...store.incidentSources, newId });
const pending = createPendingChanges();
let now = Date.now();

process.stdout.write(`${machineLine()}\n`);
store.update(targets, now);
targets.forEach(succeed);
endSecond();
for (let probe = 0; probe < CONFIRMED_AFTER; probe += 1) {
  now += 300_000;
  targets.slice(0, -growing.length).forEach(fail);
}
endSecond();
measure('the outage grows', repeated(fail));
measure('the outage stays', fail);
measure('the outage ends', repeated(succeed));

function measure(name: string, probe: (target: Target) => void): void {
  const spent: number[] = [];
  for (let second = 0; second < SECONDS; second += 1) {
    growing.slice(second * PER_SECOND, (second + 1) * PER_SECOND).forEach(probe);
    spent.push(endSecond());
  }
  const mean = spent.reduce((sum, ms) => sum + ms, 0) / spent.length;
  const open = incidents.all().map(({ affectedMailboxes }) => affectedMailboxes.length);
  process.stdout.write(
    `${name}: ${mean.toFixed(1)} ms a second, at most ${Math.max(...spent).toFixed(1)}; incidents of ${open.join(' and ')} mailboxes\n`,
  );
}

/** Returns the CPU milliseconds. */
function endSecond(): number {
  now += 1_000;
  const before = threadCpuMs();
  const { updated } = incidents.take(store.takeNews(now), now);
  pending.add({ incidents: updated });
  while (pending.takeSlice(SLICE) !== undefined);
  return threadCpuMs() - before;
}

function fail(target: Target): void {
  const evidence = freshEvidence({ target, startedAt: now, ...(failed && { failed }) });
  const context = store.contextFor(target, evidence, now, {});
  store.record(target, evidence, diagnose(evidence, context), now);
}

function succeed(target: Target): void {
  store.record(target, freshEvidence({ target, startedAt: now }), [], now);
}

/** A state is confirmed after several probes with the same result. */
function repeated(probe: (target: Target) => void): (target: Target) => void {
  return (target) => {
    for (let at = 0; at < CONFIRMED_AFTER; at += 1) probe(target);
  };
}
