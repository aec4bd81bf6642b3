/**
 * Fills the disk of the store and frees it again. The disk is a small tmpfs, if the system allows mounting one. Used by
 * `bench/chaos.ts`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../test/support/until.ts';
import { get } from './get.ts';
import { inSmallWorld, type SmallWorld } from './small-world.ts';
import type { ChaosVerdict } from './verdicts.ts';

const DISK = '2m';
const DISK_BYTES = 2 * 1024 * 1024;
const BLOCK_BYTES = 4096;
const ANSWER_MS = 10_000;
const PATIENCE_MS = 60_000;

/** Undefined if no file system can be mounted. */
export async function attackDisk(): Promise<readonly ChaosVerdict[] | undefined> {
  const disk = await mkdtemp(join(tmpdir(), 'mailprobe-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', disk]).status !== 0) {
    await rmdir(disk);
    return undefined;
  }
  try {
    return await inSmallWorld(
      { settings: { store: join(disk, 'mailprobe.db') } },
      async (world) => await fillAndFree(world, disk),
    );
  } finally {
    spawnSync('umount', [disk]);
    await rmdir(disk);
  }
}

async function fillAndFree(world: SmallWorld, disk: string): Promise<readonly ChaosVerdict[]> {
  const { daemon, sandbox } = world;
  const filler = join(disk, 'filler');
  await fill(filler);
  // A fault causes a change of state, which the daemon must write.
  await fault(sandbox.control, { kind: 'unavailable-at-login' });
  const isReported = await storeUpIs(world, 0);
  await fault(sandbox.control, undefined);
  await rm(filler);
  const isBack = await storeUpIs(world, 1);
  const { asked, failures } = await daemon.liveness();
  const { code } = await daemon.end();
  return [
    { name: 'a full disk was reported', held: isReported },
    { name: 'the store came back when the disk had room again', held: isBack },
    { name: '/livez always answered meanwhile', held: asked > 0 && failures.length === 0 && code === 0 },
  ];
}

async function fill(file: string): Promise<void> {
  for (let bytes = DISK_BYTES; bytes >= BLOCK_BYTES; bytes = Math.floor(bytes / 2))
    await writeFile(file, Buffer.alloc(bytes), { flag: 'a' }).catch(() => undefined);
}

async function fault(control: string, faults: unknown): Promise<void> {
  const body = JSON.stringify({ faults: faults === undefined ? {} : { imap: faults, pop3: faults } });
  await fetch(`${control}/mailboxes/healthy@contoso.example`, { method: 'PATCH', body });
}

async function storeUpIs({ url }: SmallWorld, value: number): Promise<boolean> {
  return await until(
    'the store',
    async () => {
      const { body } = await get(`${url}/metrics`, ANSWER_MS);
      return new RegExp(`^mailprobe_store_up ${value}$`, 'm').test(body) || undefined;
    },
    PATIENCE_MS,
  ).catch(() => false);
}
