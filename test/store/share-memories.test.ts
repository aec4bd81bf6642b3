import { expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { diagnoseCutOff } from '../../src/diagnosis/diagnose-cut-off.ts';
import type { TargetMemory } from '../../src/model/memory.ts';
import { targetKey } from '../../src/model/target.ts';
import { createStatusStore } from '../../src/status/status-store.ts';
import { createMemorySharing } from '../../src/store/share-memories.ts';
import { anEvidence, aTarget } from '../support/builders.ts';

const EXPIRED = {
  token: { kind: 'rejected', code: 'AADSTS7000222', status: '401', text: 'AADSTS7000222: expired' },
} as const;

/** Two targets of one app after four refused probes, as a store returns them. */
function storedTargets(): readonly TargetMemory[] {
  const targets = ['inbox', 'sales'].map((mailbox) => aTarget({ mailbox }));
  const store = createStatusStore({ diagnoseCutOff });
  store.update(targets, 0);
  for (let minute = 0; minute < 4; minute += 1)
    for (const target of targets) {
      const at = minute * 60_000;
      const evidence = anEvidence({ target, startedAt: at, failed: EXPIRED });
      store.record(target, evidence, diagnose(evidence, store.contextFor(target, evidence, at, {})), at);
    }
  return targets.map((target) => JSON.parse(JSON.stringify(store.memoryOf(targetKey(target)))));
}

test('shared memories equal what was stored', () => {
  const share = createMemorySharing();
  expect(storedTargets().map(share)).toEqual(storedTargets());
});

test('what two targets have in common is one object', () => {
  const [a, b] = storedTargets().map(createMemorySharing());
  const first = a?.history[0]?.diagnoses[0];
  expect(first?.cause).toBe('secret-expired');
  expect(b?.history[0]?.diagnoses[0]).toBe(first);
  expect(a?.course?.findings?.[0]?.diagnosis).toBe(first);
  expect(b?.history[1]?.evidence.stages).toBe(a?.history[1]?.evidence.stages);
});
