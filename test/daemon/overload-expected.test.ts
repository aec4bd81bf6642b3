/** What the daemon says at its start about a fleet that cannot be probed within its interval. No probe is due yet. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createDaemon } from '../../src/daemon.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { createLogger } from '../../src/report/log.ts';
import { configText, ENV, loaded, workspace } from '../config/workspace.ts';
import { files } from '../support/files.ts';

const lineSchema = z.object({ event: z.string(), level: z.string(), msg: z.string() });

async function warningsAtStart(top: string): Promise<readonly string[]> {
  const config = await loaded(
    configText(
      `listen: 127.0.0.1:0\nauthority: https://127.0.0.1:1\nimap: { host: 127.0.0.1, port: 1 }\npop3: { host: 127.0.0.1, port: 1 }\n${top}`,
    ),
  );
  const configFile = join(await workspace({}), 'mailprobe.yaml');
  const lines: string[] = [];
  const redactor = createRedactor();
  const logger = createLogger({
    level: 'warn',
    redactor,
    destination: { write: (line) => lines.push(line) },
  });
  const daemon = await createDaemon(config, { configFile, env: ENV, files, logger, redactor });
  await daemon.close();
  return lines
    .map((line) => lineSchema.parse(JSON.parse(line)))
    .filter(({ event }) => event === 'overload_expected')
    .map(({ level, msg }) => `${level}: ${msg}`);
}

test('a fleet that needs more probes at once than may run is warned of, with what helps', async () => {
  const [warning, ...more] = await warningsAtStart(
    'defaults: { interval: 1s, timeout: 500ms }\nconcurrency: { total: 1, per_app: 1 }',
  );
  expect(more).toEqual([]);
  expect(warning).toMatch(
    /^warn: .*2 probes a second are due; at 1 s each, 2 must run at once, and 1 may; a round takes .* \(100 % longer\).*: raise "interval", spread the mailboxes over several apps, or set "concurrency" and watch for throttling$/,
  );
});

test('a fleet that fits is not', async () => {
  expect(await warningsAtStart('defaults: { interval: 1m }')).toEqual([]);
});
