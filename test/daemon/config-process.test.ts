import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createConfigReader } from '../../src/config-loader.ts';
import { createConfigProcess } from '../../src/config-process.ts';
import { configText, ENV, workspace } from '../config/workspace.ts';
import { files } from '../support/files.ts';

const BROKEN = configText('listen: nowhere', 'interval: never');

/** Whoever loads it, the result is the same. */
test.each([
  { name: 'a configuration', text: configText(), ok: true },
  { name: 'one with errors', text: BROKEN, ok: false },
  { name: 'one that is no YAML', text: 'apps: [', ok: false },
  { name: 'one with a warning', text: configText('mailbox_files: ["none-*.yaml"]'), ok: true },
])('$name is loaded by another process as by this one', async ({ text, ok }) => {
  const configFile = join(await workspace({ 'mailprobe.yaml': text }), 'mailprobe.yaml');
  const here = await createConfigReader({ configFile, env: ENV, files }).load();
  expect(here.ok).toBe(ok);
  expect(await createConfigProcess({ configFile, env: ENV }).load()).toEqual(here);
});

test('what is loaded again consists of the same targets, and loads follow one after the other', async () => {
  const folder = await workspace({ 'mailprobe.yaml': configText() });
  const configFile = join(folder, 'mailprobe.yaml');
  const loader = createConfigProcess({ configFile, env: ENV });
  const [first, second] = await Promise.all([loader.load(), loader.load()]);
  await writeFile(configFile, BROKEN);
  const third = await loader.load();
  await writeFile(configFile, configText());
  const fourth = await loader.load();
  if (!first.ok || !second.ok || !fourth.ok) throw new Error('it was refused');
  expect(third.ok).toBe(false);
  expect(second.config.targets[0]).toBe(first.config.targets[0]);
  expect(fourth.config.targets[0]).toBe(first.config.targets[0]);
});
