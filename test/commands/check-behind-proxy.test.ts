import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import { startHttpProxy, type FakeProxy } from '../fakes/proxy-http.ts';
import { startSocksProxy } from '../fakes/proxy-socks5.ts';
import { checkJson, printedTests, type CheckedProbe } from '../support/check-run.ts';
import { freePorts } from '../support/free-ports.ts';
import { WAIT_MS } from '../support/limits.ts';
import { PATIENT } from '../support/patient.ts';
import { passSilence } from '../support/silence.ts';

/**
 * A healthy tenant behind a proxy that fails in every way that proxies do: the proxy is the first suspect, our own
 * network is never taken to be down, and every printed command goes through the proxy.
 */
let sandbox: Sandbox;
const directories: string[] = [];

beforeAll(async () => {
  const tenant = createTenant();
  const { application } = addApplication(tenant, { displayName: 'Reader' });
  addMailbox(tenant, 'qms@contoso.example', [application.appId]);
  sandbox = await createSandbox({ tenant, failureDelayMs: 0 });
});

afterAll(async () => {
  await sandbox.close();
  await Promise.all(directories.map(async (each) => await rm(each, { recursive: true })));
});

async function checkThrough(proxy: URL): Promise<CheckedProbe> {
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  directories.push(directory);
  const config = await configFor(sandbox, directory, PATIENT);
  await appendFile(config, `proxy: ${proxy.href.replace(/\/$/, '')}\n`);
  const [probe] = await checkJson(config, '--protocol', 'imap');
  if (probe === undefined) throw new Error('nothing was checked');
  return probe;
}

interface ProxyCase {
  readonly name: string;
  readonly start: () => Promise<Pick<FakeProxy, 'url' | 'close'>>;
  readonly confidence: 'certain' | 'likely';
  readonly detail?: string;
  /** It answers nothing, so the probe ends by its deadline. */
  readonly isSilent?: true;
}

const says = (answer: string) => async (): Promise<FakeProxy> =>
  await startHttpProxy({ answer: (client) => void client.end(answer) });
const TUNNEL = 'HTTP/1.1 200 Connection established\r\n\r\n';

const CASES: readonly ProxyCase[] = [
  {
    name: 'nothing listens at the proxy',
    start: async () => ({
      url: new URL(`http://127.0.0.1:${(await freePorts(1))[0]}`),
      close: async () => await Promise.resolve(),
    }),
    confidence: 'certain',
    detail: 'unreachable',
  },
  {
    name: 'CONNECT is read and never answered',
    start: async () => await startHttpProxy({ answer: () => undefined }),
    confidence: 'likely',
    detail: 'unanswered',
    isSilent: true,
  },
  {
    name: 'CONNECT is answered by 200, and then nothing',
    start: async () => await startHttpProxy({ answer: (client) => void client.write(TUNNEL) }),
    confidence: 'likely',
    detail: 'tunnel-cut',
    isSilent: true,
  },
  {
    name: 'CONNECT is answered by 200, and closed',
    start: says(TUNNEL),
    confidence: 'likely',
    detail: 'tunnel-cut',
  },
  { name: 'CONNECT is refused by 403', start: says('HTTP/1.1 403 Forbidden\r\n\r\n'), confidence: 'certain' },
  {
    name: 'the proxy does not reach the host (503)',
    start: says('HTTP/1.1 503 Service Unavailable\r\n\r\n'),
    confidence: 'likely',
    detail: 'unable',
  },
  {
    name: 'the proxy wants Negotiate, which mailprobe does not support (407)',
    start: says('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\n\r\n'),
    confidence: 'certain',
    detail: 'wants-other-authentication',
  },
  {
    name: 'the proxy wants a user and password (407)',
    start: async () => await startHttpProxy({ credentials: { user: 'svc', password: 'geheim' } }),
    confidence: 'certain',
    detail: 'wants-authentication',
  },
  {
    name: 'a SOCKS proxy never answers the greeting',
    start: async () => await startSocksProxy({ silentFrom: 1 }),
    confidence: 'likely',
    detail: 'unanswered',
    isSilent: true,
  },
  {
    name: 'a SOCKS proxy does not reach the host',
    start: async () => await startSocksProxy({ reply: 4 }),
    confidence: 'likely',
    detail: 'unable',
  },
  {
    name: 'a SOCKS proxy forbids the host',
    start: async () => await startSocksProxy({ reply: 2 }),
    confidence: 'certain',
  },
  {
    name: 'a SOCKS proxy wants a user and password',
    start: async () => await startSocksProxy({ method: 0xff }),
    confidence: 'certain',
    detail: 'wants-authentication',
  },
  {
    name: 'an HTTPS proxy whose certificate is not trusted',
    start: async () => {
      const authority = await createCertificateAuthority('of the proxy');
      const { cert, key } = await authority.issue({ commonName: 'proxy', names: ['127.0.0.1'] });
      return await startHttpProxy({ tls: { cert, key } });
    },
    confidence: 'certain',
    detail: 'untrusted',
  },
];

describe.each(CASES)('$name', ({ start, confidence, detail, isSilent }) => {
  let probe: CheckedProbe;
  let url: URL;

  beforeAll(async () => {
    const proxy = await start();
    ({ url } = proxy);
    const check = async () => await checkThrough(url);
    probe = await (isSilent === true ? passSilence(check) : check());
    await proxy.close();
  });

  test('the proxy is the first suspect', () => {
    expect(probe.ok).toBe(false);
    expect(probe.diagnoses[0]).toMatchObject({
      cause: 'proxy-failure',
      confidence,
      ...(detail === undefined ? {} : { cause_detail: detail }),
    });
  });

  test('our own network is not down, and nothing else is certain', () => {
    const others = probe.diagnoses.slice(1);
    expect(probe.diagnoses.map(({ cause }) => cause)).not.toContain('own-network-down');
    expect(others.filter((other) => other.confidence === 'certain')).toEqual([]);
  });

  test('every printed command goes through the proxy', () => {
    const commands = printedTests(probe).filter((text) => /^(?:curl|openssl)\b/.test(text));
    expect(commands).not.toEqual([]);
    for (const command of commands.filter((text) => !text.includes('from another machine'))) {
      expect(command).toMatch(
        url.protocol === 'http:' ? /-proxy 127|-x http:/ : /^curl .*-x (?:socks5h|https):/,
      );
    }
  });
});

/** More than a client sends after its TLS hello and before the line with the token, less than that line. */
const LOGIN_BYTES = 1000;

/** Opens the tunnel, and cuts the one to the mail server at the login, as a proxy that ends each after some seconds. */
function cutAtLogin(client: Socket, request: string): void {
  const port = Number(/:(\d+) HTTP/.exec(request)?.[1]);
  const upstream = connect(port, '127.0.0.1');
  upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.on('close', () => upstream.destroy()).write(TUNNEL);
  let sinceHello: number | undefined;
  client.on('data', (chunk) => {
    sinceHello = sinceHello === undefined ? 0 : sinceHello + chunk.length;
    if (port === sandbox.imap.port && sinceHello > LOGIN_BYTES) client.destroy();
    else upstream.write(chunk);
  });
  upstream.pipe(client);
}

test('a tunnel that is cut within the login lists the proxy, and nothing is certain', async () => {
  const proxy = await startHttpProxy({ answer: cutAtLogin });
  const { ok, diagnoses } = await checkThrough(proxy.url);
  expect(ok).toBe(false);
  expect(diagnoses[0]).toMatchObject({ cause: 'exchange-transient', confidence: 'likely' });
  expect(diagnoses).toContainEqual(
    expect.objectContaining({ cause: 'proxy-failure', cause_detail: 'tunnel-cut', confidence: 'possible' }),
  );
  await proxy.close();
});

/** Neither reads a configuration file or the environment of this machine's proxy. */
async function run(command: string): Promise<string> {
  return await new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', command],
      { timeout: WAIT_MS, env: { PATH: process.env['PATH'] } },
      (_error, out, err) => resolve(`${out}${err}`),
    );
  });
}

test.each([
  ['an HTTP proxy', async () => await startHttpProxy()],
  ['a SOCKS proxy', async () => await startSocksProxy()],
])('the command for a certificate that has expired shows it through %s', async (_name, start) => {
  const proxy = await start();
  sandbox.change(({ faults }) => {
    faults.imap = { kind: 'expired-certificate' };
  });
  const probe = await checkThrough(proxy.url);
  expect(probe.diagnoses[0]?.cause).toBe('server-certificate-expired');
  const asked = proxy.requests.length;
  const command = printedTests(probe).find((text) => /^(?:curl|openssl)/.test(text)) ?? '';
  expect(await run(command)).toMatch(/issuer/);
  expect(proxy.requests.length).toBeGreaterThan(asked);
  sandbox.reset();
  await proxy.close();
});
