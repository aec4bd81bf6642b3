/**
 * A lease may end while a probe is under way, also between the last word to the server and the result: the server has seen
 * a whole probe, and its result counts nowhere.
 */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { formatErrors } from '../src/config/config-error.ts';
import type { Config } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load.ts';
import { type Evidence, isSuccess } from '../src/model/evidence.ts';
import { createRedactor } from '../src/model/redactor.ts';
import { targetKey } from '../src/model/target.ts';
import { configFor } from '../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/sandbox.ts';
import { concurrencyOf } from '../src/schedule/caps.ts';
import { createWatching, type Watching } from '../src/watching.ts';
import { workspace } from './config/workspace.ts';
import { files } from './support/files.ts';
import { PATIENT } from './support/patient.ts';

let sandbox: Sandbox;
beforeAll(async () => void (sandbox = await createSandbox()));
afterAll(async () => await sandbox.close());

/** One mailbox. `mayProbe` is asked as a probe starts, and as it has ended. */
async function watchOne(mayProbe: () => boolean): Promise<{
  readonly watching: Watching;
  readonly config: Config;
  readonly reported: string[];
  readonly discarded: Evidence[];
}> {
  const configFile = await configFor(sandbox, await workspace({}), {
    interval: '1h',
    timeout: PATIENT.timeout,
  });
  const loaded = await loadConfig(configFile, { env: {}, files });
  if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
  const targets = loaded.config.targets.slice(0, 1);
  const config = { ...loaded.config, targets };
  const reported: string[] = [];
  const discarded: Evidence[] = [];
  const watching = createWatching({
    env: {},
    files,
    redactor: createRedactor(),
    allowed: (settings) => concurrencyOf(settings),
    mayProbe,
    reportProbe: (target) => reported.push(targetKey(target)),
    reportDiscarded: (_target, evidence) => discarded.push(evidence),
    reportChange: () => undefined,
    reportCredential: () => undefined,
    onBug: (error) => {
      throw error;
    },
  });
  onTestFinished(watching.close);
  await watching.know(config);
  await watching.schedule(config);
  return { watching, config, reported, discarded };
}

test.each([
  ['held all the time', [true, true], { reported: 1, discarded: [] }],
  ['over when the probe has ended', [true, false], { reported: 0, discarded: [true] }],
  ['over before it starts', [false, false], { reported: 0, discarded: [] }],
])('a lease that is %s', async (_name, answers, expected) => {
  const left = [...answers];
  const { watching, config, reported, discarded } = await watchOne(() => left.shift() ?? false);
  const [target] = config.targets;
  if (target === undefined) throw new Error('no target');
  await watching.scheduler.runNow(target);
  expect({ reported: reported.length, discarded: discarded.map(isSuccess) }).toEqual(expected);
  expect(watching.engine.status.get(targetKey(target))?.probesTotal).toBe(expected.reported);
});
