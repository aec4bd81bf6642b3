import { expect, test } from 'vitest';
import { runChaos } from '../../bench/chaos/run-chaos.ts';
import { verdictsOf } from '../../bench/chaos/verdicts.ts';

/** The short form of `npm run chaos`: each action once, each hostile behavior once per protocol. */
test('among hostile servers, faults, reloads, stops and kills everything that must hold does', async () => {
  const report = await runChaos({ seed: 20_261_128, hostile: 36, rounds: 7, resets: 2_000 });
  const failed = verdictsOf(report).filter(({ held }) => !held);
  expect(failed.length === 0 ? undefined : { failed, report }).toBeUndefined();
}, 180_000);
