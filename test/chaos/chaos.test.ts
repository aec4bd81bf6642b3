import { expect, test } from 'vitest';
import { BEHAVIORS } from '../../bench/chaos/hostile-mail.ts';
import { runChaos } from '../../bench/chaos/run-chaos.ts';
import { verdictsOf } from '../../bench/chaos/verdicts.ts';
import { PROTOCOL_IDS } from '../../src/model/protocol.ts';

/** The short form of `npm run chaos`: each action once, each hostile behavior once per protocol. */
test('among hostile servers, faults, reloads, stops and kills everything that must hold does', async () => {
  const hostile = PROTOCOL_IDS.length * Object.keys(BEHAVIORS).length;
  const report = await runChaos({ seed: 20_261_128, hostile, rounds: 7, resets: 2_000 });
  const failed = verdictsOf(report, 'shared').filter(({ held }) => !held);
  expect(failed.length === 0 ? undefined : { failed, report }).toBeUndefined();
  // A minute on a machine of its own, three where others want its two processors ten times over.
}, 600_000);
