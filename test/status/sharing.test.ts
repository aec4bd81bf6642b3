import { expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { diagnoseCutOff } from '../../src/diagnosis/diagnose-cut-off.ts';
import { createStatusStore } from '../../src/status/status-store.ts';
import { targetKey } from '../../src/model/target.ts';
import { anEvidence, aTarget } from '../support/builders.ts';

const REFUSED = { auth: { kind: 'rejected', status: 'NO', text: 'AUTHENTICATE failed.' } } as const;
const MINUTE = 60_000;

function historyAfter(failures: number) {
  const target = aTarget({});
  const store = createStatusStore({ diagnoseCutOff });
  store.update([target], 0);
  for (let at = 0; at <= failures; at += 1) {
    const failed = at === 0 ? {} : { failed: REFUSED };
    const evidence = anEvidence({ target, startedAt: at * MINUTE, ...structuredClone(failed) });
    const context = store.contextFor(target, evidence, at * MINUTE, {});
    store.record(target, evidence, diagnose(evidence, context), at * MINUTE);
  }
  return store.get(targetKey(target))?.history ?? [];
}

test('a diagnosis that probes repeat is one object in all of them', () => {
  const [last, ...past] = historyAfter(7);
  expect(last?.diagnoses.length).toBeGreaterThan(0);
  expect(new Set(past.slice(0, 3).flatMap(({ diagnoses }) => diagnoses)).size).toBe(1);
});

test('the failed stages of earlier probes that failed alike are one array', () => {
  const past = historyAfter(7).filter(({ success }) => !success);
  expect(past.length).toBeGreaterThan(4);
  expect(new Set(past.slice(1).map(({ evidence }) => evidence.stages)).size).toBe(1);
});
