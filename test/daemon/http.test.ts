import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatErrors } from '../../src/config/config-error.ts';
import { createDaemon, type Daemon } from '../../src/daemon.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { createLogger } from '../../src/report/log.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { configText, workspace } from '../config/workspace.ts';
import { files as realFiles } from '../support/files.ts';

/** The server as the configuration wants it, through reloads. The one mailbox is at a port where nobody listens. */
const NOWHERE =
  'authority: https://127.0.0.1:1\nimap: { host: 127.0.0.1, port: 1 }\npop3: { host: 127.0.0.1, port: 1 }';
const OLD = 'old-token-0123456789';
const NEW = 'new-token-0123456789';

let authority: CertificateAuthority;
const daemons: Daemon[] = [];

beforeAll(async () => {
  authority = await createCertificateAuthority('test');
});

afterAll(async () => {
  await Promise.all(daemons.map((daemon) => daemon.close()));
});

interface Started {
  readonly daemon: Daemon;
  readonly log: readonly string[];
  /** Replaces files as Kubernetes and careful people do, and has them read. */
  readonly replace: (files: Readonly<Record<string, string>>) => Promise<boolean>;
}

async function start(top: string, files: Readonly<Record<string, string>> = {}): Promise<Started> {
  const folder = await workspace({ 'mailprobe.yaml': configText(`${NOWHERE}\n${top}`), ...files });
  const configFile = join(folder, 'mailprobe.yaml');
  const env = { PLM_SECRET: 'present' };
  const loaded = await loadConfig(configFile, { env, files: realFiles });
  if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
  const log: string[] = [];
  const redactor = createRedactor();
  const destination = { write: (line: string) => log.push(line) };
  const logger = createLogger({ level: 'info', redactor, destination });
  const daemon = await createDaemon(loaded.config, { configFile, env, files: realFiles, logger, redactor });
  daemons.push(daemon);
  return {
    daemon,
    log,
    replace: async (changed) => {
      for (const [name, text] of Object.entries(changed)) {
        await writeFile(join(folder, `${name}.new`), text);
        await rename(join(folder, `${name}.new`), join(folder, name));
      }
      return await daemon.reload();
    },
  };
}

async function status(daemon: Daemon, path: string, token?: string): Promise<number> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await fetch(`${daemon.url}${path}`, { headers })).status;
}

describe('tokens', () => {
  test('are replaced without a restart, and a bad file changes nothing', async () => {
    const { daemon, log, replace } = await start('listen: 127.0.0.1:0\nhttp: { tokens_file: tokens }', {
      tokens: `${OLD}\n`,
    });
    const codes = async () => [
      await status(daemon, '/metrics', OLD),
      await status(daemon, '/metrics', NEW),
      await status(daemon, '/metrics'),
      await status(daemon, '/livez'),
    ];
    expect(await codes()).toEqual([200, 401, 401, 200]);
    expect(await replace({ tokens: `${OLD}\n${NEW} # both, while readers change over\n` })).toBe(true);
    expect(await codes()).toEqual([200, 200, 401, 200]);
    expect(await replace({ tokens: 'short' })).toBe(false);
    expect(await codes()).toEqual([200, 200, 401, 200]);
    expect(await replace({ tokens: `${NEW}\n` })).toBe(true);
    expect(await codes()).toEqual([401, 200, 401, 200]);
    expect(log.join('')).not.toMatch(/token-0123456789/);
  });
});

describe('TLS', () => {
  const HTTP =
    'listen: 127.0.0.1:0\nhttp: { tls: { certificate_file: cert.pem, private_key_file: key.pem } }';

  const identity = async (name: string) => {
    const { cert, key } = await authority.issue({ commonName: name, names: [name, '127.0.0.1'] });
    return { 'cert.pem': cert, 'key.pem': key };
  };

  async function presented(daemon: Daemon): Promise<string | undefined> {
    const request = httpsRequest(`${daemon.url}/livez`, { ca: authority.cert, agent: false });
    request.end();
    const [response] = await once(request, 'response');
    response.resume();
    const { socket } = request;
    return socket instanceof TLSSocket ? String(socket.getPeerCertificate().subject.CN) : undefined;
  }

  test('is renewed without a restart, and a half replaced pair changes nothing', async () => {
    const one = await identity('one.example');
    const two = await identity('two.example');
    const { daemon, replace } = await start(HTTP, one);
    expect(daemon.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await presented(daemon)).toBe('one.example');
    expect(await replace({ 'cert.pem': two['cert.pem'] })).toBe(false);
    expect(await presented(daemon)).toBe('one.example');
    expect(await replace({ 'key.pem': two['key.pem'] })).toBe(true);
    expect(await presented(daemon)).toBe('two.example');
  });

  test('that is switched on by a reload waits for a restart, and that is said', async () => {
    const { daemon, log, replace } = await start('listen: 127.0.0.1:0', await identity('one.example'));
    expect(await replace({ 'mailprobe.yaml': configText(`${NOWHERE}\n${HTTP}`) })).toBe(true);
    expect(log.join('')).toContain('restart_needed');
    expect(await status(daemon, '/livez')).toBe(200);
  });
});

describe('it listens', () => {
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, scopeid }) => !internal && scopeid === undefined)
    .map(({ address }) => address);

  async function answers(host: string, port: number): Promise<boolean> {
    const socket = connect(port, host);
    return await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    }).then((connected) => {
      socket.destroy();
      return connected === true;
    });
  }

  test.each(['127.0.0.1:0', 'localhost:0'])('at %s and nowhere else', async (listen) => {
    const { daemon, log } = await start(`listen: ${listen}`);
    const port = Number(new URL(daemon.url).port);
    expect(await status(daemon, '/livez')).toBe(200);
    const open = await Promise.all(['127.0.0.2', ...others].map((address) => answers(address, port)));
    expect(open).not.toContain(true);
    expect(log.join('')).not.toContain('open_to_all');
  });

  test('everywhere only where that is said, and then says that it stands open', async () => {
    const { daemon, log } = await start('listen: 0.0.0.0:0');
    const port = Number(new URL(daemon.url).port);
    const ipv4 = others.filter((address) => !address.includes(':'));
    const open = await Promise.all(['127.0.0.2', ...ipv4].map((address) => answers(address, port)));
    expect(open).not.toContain(false);
    expect(log.join('')).toContain('open_to_all');
  });

  test('and under no name that a web page could give it', async () => {
    const { daemon } = await start('listen: 127.0.0.1:0\nhttp: { hosts: [mail.example] }');
    const { port } = new URL(daemon.url);
    const called = async (host: string): Promise<string> => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(`GET /livez HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      return (await text(socket)).slice(9, 12);
    };
    expect([await called('evil.example'), await called('mail.example'), await called('localhost')]).toEqual([
      '421',
      '200',
      '200',
    ]);
  });
});

test('news comes from the daemon itself', async () => {
  const { daemon } = await start('listen: 127.0.0.1:0\ndefaults: { interval: 2s, timeout: 1s }');
  const controller = new AbortController();
  const response = await fetch(`${daemon.url}/api/v1/events`, { signal: controller.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let read = '';
  while (!/event: status\n/.test(read) && !/event: problem_opened\n/.test(read)) {
    const chunk = await reader?.read();
    if (chunk === undefined || chunk.done) break;
    read += chunk.value;
  }
  controller.abort();
  expect(read).toMatch(/event: (?:status|problem_opened)\ndata: \{"at":"20/);
});
