/**
 * Rotates a secret while the daemon runs. A snapshot of the heap must then not contain the old secret. It must contain
 * the new one, which shows that the search works. Used by `bench/chaos.ts`.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../test/support/until.ts';
import { get } from './get.ts';
import { inSmallWorld, type SmallWorld } from './small-world.ts';
import type { ChaosVerdict } from './verdicts.ts';

const ANSWER_MS = 10_000;
const SNAPSHOT_PAUSE_MS = 3000;
/** Longer than the interval at which credentials are checked. */
const ROTATION_MS = 75_000;

export async function attackHeap(): Promise<readonly ChaosVerdict[]> {
  return await inSmallWorld({ settings: {}, snapshots: true }, async (world) => {
    const [application] = world.sandbox.tenant.applications;
    const [before] = application?.secrets ?? [];
    if (application === undefined || before === undefined) throw new Error('The sandbox has no secret.');
    const probed = await probes(world);
    await until('probes with the old secret', async () => (await probes(world)) > probed || undefined);
    const control = `${world.sandbox.control}/applications/${application.appId}/secrets`;
    const response = await fetch(control, { method: 'POST', body: JSON.stringify({ displayName: 'new' }) });
    const { secret }: { secret: { value: string } } = JSON.parse(await response.text());
    await rotate(world, secret.value);
    await fetch(`${control}/${before.keyId}`, { method: 'DELETE' });
    world.daemon.signal('SIGHUP');
    await delay(ROTATION_MS);
    const rotated = await probes(world);
    await until('probes with the new secret', async () => (await probes(world)) > rotated + 1 || undefined);
    world.daemon.signal('SIGUSR2');
    const snapshot = await snapshotOf(world);
    return [
      { name: 'the secret in use was found in a heap snapshot', held: snapshot.includes(secret.value) },
      {
        name: 'a secret that was rotated away is in no heap snapshot',
        held: !snapshot.includes(before.value),
      },
    ];
  });
}

async function rotate({ directory }: SmallWorld, value: string): Promise<void> {
  for (const file of await readdir(directory))
    if (file.endsWith('.secret')) await writeFile(join(directory, file), `${value}\n`);
}

async function probes({ url }: SmallWorld): Promise<number> {
  const { body } = await get(`${url}/metrics`, ANSWER_MS);
  const counts = body.matchAll(/^mailprobe_probes_total\{.*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

async function snapshotOf({ directory }: SmallWorld): Promise<string> {
  let size = -1;
  return await until('a heap snapshot', async () => {
    const file = (await readdir(directory)).find((name) => name.endsWith('.heapsnapshot'));
    if (file === undefined) return undefined;
    const text = await readFile(join(directory, file), 'utf8');
    await delay(SNAPSHOT_PAUSE_MS);
    if (text.length > 0 && text.length === size) return text;
    size = text.length;
    return undefined;
  });
}
