import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDaemonProcess } from '../../bench/chaos/daemon-process.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { freePorts } from '../support/free-ports.ts';

const HEAP_MB = 64;
const MEGABYTE = 1024 * 1024;
/** A blob of base64 is what a pasted attachment, or a certificate, looks like. */
const base64 = (bytes: number): string => Buffer.alloc((bytes / 4) * 3, 'mailprobe').toString('base64');

test('with a heap of 64 MB, a text that is too long is refused, one that fits is answered, and the watch goes on', async () => {
  const sandbox = await createSandbox();
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  const configFile = await configFor(sandbox, directory, { listen: `127.0.0.1:${port}` });
  const daemon = createDaemonProcess(configFile, url, { nodeOptions: [`--max-old-space-size=${HEAP_MB}`] });
  onTestFinished(async () => {
    await daemon.kill();
    await sandbox.close();
  });
  await daemon.start();
  const explain = async (text: string): Promise<number> => {
    const response = await fetch(`${url}/api/v1/explain`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: text,
      signal: AbortSignal.timeout(20_000),
    });
    await response.text();
    return response.status;
  };
  expect(await explain(base64(10 * MEGABYTE))).toBe(413);
  expect([200, 413]).toContain(await explain(base64(MEGABYTE - 1024)));
  expect(await explain('NO AUTHENTICATE failed.')).toBe(200);
  expect(await daemon.liveness()).toMatchObject({ failures: [] });
  expect(await daemon.end()).toMatchObject({ code: 0 });
});
