import { expect, test } from 'vitest';
import { beginStage, skippedStage } from '../../src/probe/stage.ts';

test('equal stages of many probes are few objects', () => {
  const stages = Array.from({ length: 20_000 }, () => beginStage('open').ok({ command: 'STAT' }));
  expect(new Set(stages).size).toBeLessThan(2_000);
  expect(new Set(stages.map(({ facts }) => facts)).size).toBe(1);
});

test('a duration has three digits', () => {
  const stages = Array.from({ length: 100 }, () => beginStage('auth').ok({}));
  for (const { seconds } of stages) expect(seconds).toBe(Number(seconds.toPrecision(3)));
});

test('a stage that was skipped is one object', () => {
  expect(skippedStage('tls')).toBe(skippedStage('tls'));
  expect(skippedStage('tls')).toEqual({ stage: 'tls', outcome: 'skipped', seconds: 0, facts: {} });
});
