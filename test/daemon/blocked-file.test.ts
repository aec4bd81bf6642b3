import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Cause } from '../../src/model/cause.ts';
import type { Problem } from '../../src/model/status.ts';
import { putFifo } from '../support/fifo.ts';
import { until } from '../support/until.ts';
import { type WatchedSandbox, watchSandbox } from '../support/watched-sandbox.ts';

/** A pipe to which nobody writes takes the place of the secret file while the daemon runs. */
let watched: WatchedSandbox;
afterEach(async () => await watched.close());

const lines = (event: string) => watched.log.filter((line) => line.includes(`"event":"${event}"`));
const metric = async (name: string): Promise<string | undefined> => {
  const text = await (await fetch(`${watched.daemon.url}/metrics`)).text();
  return text.split('\n').find((line) => line.startsWith(`${name} `));
};
const problem = (cause: Cause): Problem | undefined =>
  watched.daemon.snapshot().problems.find((one) => one.cause === cause);

test('the log, the metric and the verdict name it, reloads end, and the watch continues', async () => {
  watched = await watchSandbox({}, { interval: '1s', credentialInterval: '1s' });
  const { daemon, directory } = watched;
  const everyMailboxIsUp = () =>
    daemon.snapshot().targets.every(({ confirmed }) => confirmed === 'up') || undefined;
  await until('every mailbox to be up', everyMailboxIsUp);
  const secret = join(directory, 'mail-reader.secret');
  await rename(secret, `${secret}.old`);
  putFifo(secret);

  await until('the watch to notice', () => lines('config_refused')[0]);
  const refused = lines('config_refused')[0];
  expect(refused).toContain('apps[0].credential.secret_file');
  expect(refused).toContain('it is a named pipe (FIFO), and only a regular file is read');
  expect(await metric('mailprobe_config_last_reload_successful')).toMatch(/ 0$/);
  expect(await Promise.all([1, 2, 3, 4, 5].map(daemon.reload))).toEqual([false, false, false, false, false]);
  const found = await until('the verdict', () => problem('credential-unreadable'));
  expect(found.evidence.join('\n')).toContain(secret);
  expect(everyMailboxIsUp()).toBe(true);

  await rename(`${secret}.old`, `${secret}.new`);
  await rename(`${secret}.new`, secret);
  await until('the watch to notice again', () => lines('config_reloaded')[0]);
  expect(await metric('mailprobe_config_last_reload_successful')).toMatch(/ 1$/);
  await until('the end of the problem', () => problem('credential-unreadable') === undefined || undefined);
});
