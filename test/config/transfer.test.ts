import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { createConfigReceiver, headOf, rowsOf } from '../../src/config/transfer.ts';
import { configText, loaded } from './workspace.ts';

/** Everything that is no plain data, and three mailboxes. */
const TOP = `proxy: http://user:password@proxy.example:3128
http: { tokens_file: tokens, public: [health] }
external_url: https://ops.example
notify:
  - { id: hook, type: webhook, url: "https://hook.example/in", secret_file: hook }
maintenance:
  - { id: patch-sunday, schedule: "Sun 02:00-04:00", timezone: Europe/Berlin, labels: { team: a } }`;
const FILES = {
  tokens: 'a-token-of-forty-characters-and-some-more',
  hook: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'more.yaml': `- { id: second, address: second@contoso.example, app: plm, labels: { team: a }, interval: 90s }
- { id: third, address: third@contoso.example, app: plm, labels: { team: a }, protocols: [pop3] }`,
};

async function aConfig(app = ''): Promise<Config> {
  return await loaded(`mailbox_files: [more.yaml]\n${configText(TOP, app)}`, FILES);
}

function pass(config: Config, receiver = createConfigReceiver(), size = 2): Config {
  receiver.begin(headOf(config));
  for (const rows of rowsOf(config, size)) receiver.add(rows);
  return receiver.end();
}

describe('a configuration that passes between processes', () => {
  test('arrives as it was, in slices of any size', async () => {
    const config = await aConfig();
    for (const size of [1, 2, 3, 100]) expect(pass(config, undefined, size)).toEqual(config);
  });

  test('keeps its URLs and secrets', async () => {
    const { apps, http, network } = pass(await aConfig());
    expect(network.proxy?.password).toBe('password');
    expect(apps[0]?.network.proxy).toBeInstanceOf(URL);
    expect(http.tokens?.map((token) => token.reveal())).toEqual([FILES.tokens]);
  });

  test('consists of the same objects where nothing changed', async () => {
    const receiver = createConfigReceiver();
    const first = pass(await aConfig(), receiver);
    const second = pass(await aConfig(), receiver);
    expect(second.targets).toHaveLength(5);
    for (const [at, target] of second.targets.entries()) expect(target).toBe(first.targets[at]);
    for (const [at, mailbox] of second.mailboxes.entries()) expect(mailbox).toBe(first.mailboxes[at]);
  });

  test('has new targets of an app that changed, and a new mailbox only where that changed', async () => {
    const receiver = createConfigReceiver();
    const first = pass(await aConfig(), receiver);
    const second = pass(await aConfig('owner: Jane'), receiver);
    expect(second.targets.map(({ app }) => app.owner)).toEqual(second.targets.map(() => 'Jane'));
    for (const [at, mailbox] of second.mailboxes.entries()) expect(mailbox).toBe(first.mailboxes[at]);
    const third = pass(await aConfig('owner: Jane\n    interval: 10m'), receiver);
    expect(third.targets.map(({ intervalMs }) => intervalMs)).toEqual([
      600_000, 600_000, 90_000, 90_000, 600_000,
    ]);
  });

  test('shares equal labels, protocols and endpoints', async () => {
    const { mailboxes, targets } = pass(await aConfig());
    expect(mailboxes[1]?.labels).toBe(mailboxes[2]?.labels);
    expect(targets[0]?.endpoint).toBe(targets[2]?.endpoint);
  });
});
