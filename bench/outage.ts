/**
 * Measures a total outage: every target is healthy, then every target fails, with real verdicts and a history of
 * several failures each. Prints the heap, and the CPU time that each probe takes after its evidence exists. Run: `npm
 * run bench:outage [-- MAILBOXES]`.
 */
import { diagnose } from '../src/diagnosis/diagnose.ts';
import { diagnoseCutOff } from '../src/diagnosis/diagnose-cut-off.ts';
import { PROTOCOL_IDS } from '../src/model/protocol.ts';
import { createStatusStore } from '../src/status/status-store.ts';
import type { EvidenceOptions } from '../test/support/builders.ts';
import { threadCpuMs } from './shared/cpu.ts';
import { freshEvidence, OUTAGES, targetsOf } from './shared/fleet.ts';
import { machineLine } from './shared/machine.ts';
import { note } from './shared/table.ts';

const MAILBOXES = Number(process.argv[2] ?? 10_000);
const APPS = 20;
const ROUNDS = 7;
const START = Date.now();

const targets = targetsOf(MAILBOXES, APPS);
process.stdout.write(`${machineLine()}\n`);

for (const [name, failed] of Object.entries(OUTAGES)) {
  const store = createStatusStore({ diagnoseCutOff });
  store.update(targets, START);
  /** Returns the CPU milliseconds, without the time to create the evidence. */
  const round = (at: number, options: EvidenceOptions): number => {
    let spentMs = 0;
    for (const [n, target] of targets.entries()) {
      const startedAt = START + at * 300_000 + n;
      const evidence = freshEvidence({ target, startedAt, ...options });
      const before = threadCpuMs();
      const context = store.contextFor(target, evidence, startedAt, {});
      store.record(target, evidence, diagnose(evidence, context), startedAt);
      spentMs += threadCpuMs() - before;
    }
    return spentMs;
  };
  for (let at = 0; at < ROUNDS; at += 1) round(at, {});
  const healthy = heapMegabytes();
  let spentMs = 0;
  for (let at = ROUNDS; at < 2 * ROUNDS; at += 1) spentMs += round(at, { failed });
  const perProbe = (spentMs * 1000) / ROUNDS / targets.length;
  const problems = store.problems(START).length;
  const measured = `heap ${healthy} MB healthy, ${heapMegabytes()} MB after ${ROUNDS} rounds of failures; ${problems} problems; ${perProbe.toFixed(0)} µs of CPU per probe`;
  process.stdout.write(`${name}, ${MAILBOXES} mailboxes x ${PROTOCOL_IDS.length}: ${measured}\n`);
  note(`outage of ${MAILBOXES} mailboxes x ${PROTOCOL_IDS.length}, ${name}`, measured);
}

function heapMegabytes(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
}
