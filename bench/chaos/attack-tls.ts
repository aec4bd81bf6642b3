/**
 * Attacks the HTTP port over TLS: renews its certificate again and again while clients send requests, and floods it
 * with key updates (TLS 1.3) and renegotiations (TLS 1.2) from OpenSSL. Used by `bench/chaos.ts`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { until } from '../../test/support/until.ts';
import { get } from './get.ts';
import { inSmallWorld } from './small-world.ts';
import type { ChaosVerdict } from './verdicts.ts';

const RENEWALS = 10;
const FLOODERS = 4;
const COMMANDS = 300;
const COMMAND_PAUSE_MS = 5;
const ANSWER_MS = 10_000;
const TLS_SETTINGS = { http: { tls: { certificate_file: 'http.pem', private_key_file: 'http.key' } } };

export async function attackTls(): Promise<readonly ChaosVerdict[]> {
  const authority = await createCertificateAuthority('Chaos');
  const issue = async (commonName: string) => {
    const { cert, key } = await authority.issue({ commonName, names: ['127.0.0.1'] });
    return { 'http.pem': cert, 'http.key': key };
  };
  return await inSmallWorld(
    { settings: TLS_SETTINGS, files: await issue('renewal-0'), scheme: 'https' },
    async ({ directory, port, url, daemon }) => {
      for (let renewal = 1; renewal <= RENEWALS; renewal += 1) {
        for (const [name, text] of Object.entries(await issue(`renewal-${renewal}`)))
          await writeFile(join(directory, name), text);
        daemon.signal('SIGHUP');
      }
      const isRenewed = await until('the last certificate', async () => {
        const { commonName } = await get(`${url}/livez`, ANSWER_MS);
        return commonName === `renewal-${RENEWALS}` || undefined;
      }).catch(() => false);
      const floods = Array.from({ length: FLOODERS }, async () => [
        await flood(port, '-tls1_3', 'K\n'),
        await flood(port, '-tls1_2', 'R\n'),
      ]);
      await Promise.all(floods);
      const { asked, failures } = await daemon.liveness();
      const { code } = await daemon.end();
      return [
        { name: `the HTTP certificate was renewed ${RENEWALS} times while it ran`, held: isRenewed },
        {
          name: `/livez always answered among ${FLOODERS} clients that flood it with key updates and renegotiations`,
          held: asked > 0 && failures.length === 0 && code === 0,
        },
      ];
    },
  );
}

/** `s_client` takes one command per read: `K` updates the keys of both sides, `R` renegotiates. */
async function flood(port: number, version: string, command: string): Promise<void> {
  const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, version], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  client.stdin.on('error', () => undefined);
  const exited = once(client, 'exit');
  for (let sent = 0; sent < COMMANDS && client.exitCode === null; sent += 1) {
    client.stdin.write(command);
    await delay(COMMAND_PAUSE_MS);
  }
  client.kill();
  await exited;
}
