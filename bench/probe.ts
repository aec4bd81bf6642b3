/**
 * What a probe costs: CPU milliseconds per probe over IMAP and POP3 against a real Dovecot, beside blackbox_exporter
 * doing the same dialogue against the same Dovecot in the same run, in interleaved rounds. Machines drift by a quarter
 * between runs, so only figures of one run compare. Run it with `npm run bench:probe` (Debian packages dovecot-imapd,
 * dovecot-pop3d and prometheus-blackbox-exporter).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSuccess } from '../src/model/evidence.ts';
import { createRedactor } from '../src/model/redactor.ts';
import { Secret } from '../src/model/secret.ts';
import { PROTOCOL_IDS, type Protocol } from '../src/model/protocol.ts';
import type { Target } from '../src/model/target.ts';
import { createProbe } from '../src/probe/probe.ts';
import { createCertificateAuthority } from '../src/sandbox/certificates.ts';
import { startDovecot } from '../test/support/dovecot.ts';
import { startTokenIssuer } from '../test/support/token-issuer.ts';
import { aTarget } from '../test/support/builders.ts';

const PROBES = Number(process.env['LOOKS'] ?? 1000);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const CONCURRENCY = 10;
const WARM_UP = 50;
const USER = 'bench@contoso.example';
const BLACKBOX = '/usr/bin/prometheus-blackbox-exporter';

const authority = await createCertificateAuthority('mailprobe bench');
const certificate = await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.1'] });
const issuer = await startTokenIssuer(certificate);
issuer.claims.set('bench', { upn: USER });
const dovecot = await startDovecot({ certificate, publicKey: issuer.publicKey });
const directory = mkdtempSync(join(tmpdir(), 'mpb-'));
try {
  const token = await issuer.issue('bench');
  const exporter = await startBlackbox(token);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  print(
    `${PROBES} looks a round, concurrency ${CONCURRENCY}, Node ${process.version}; client CPU in ms per probe`,
  );
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const protocol of PROTOCOL_IDS) {
      const ours = await measureOurs(token, protocol);
      const theirs = await measureBlackbox(exporter, protocol);
      print(
        `round ${round} ${protocol.padEnd(4)}  mailprobe ${ours.toFixed(2)}  blackbox_exporter ${theirs.toFixed(2)}  ratio ${(ours / theirs).toFixed(2)}`,
      );
    }
  }
  exporter.close();
} finally {
  dovecot.close();
  await issuer.close();
  rmSync(directory, { recursive: true, force: true });
}

async function measureOurs(token: string, protocol: Protocol): Promise<number> {
  const probe = createProbe({
    tokens: {
      acquire: async () =>
        await Promise.resolve({ ok: true, token: new Secret(token), facts: {}, claims: {} }),
    },
    redactor: createRedactor(),
    reportBug: (error) => process.stderr.write(`${String(error)}\n`),
  });
  const port = protocol === 'imap' ? dovecot.ports.imaps : dovecot.ports.pop3s;
  const base = aTarget({ protocol });
  const target: Target = {
    ...base,
    mailbox: { ...base.mailbox, address: USER },
    endpoint: { host: '127.0.0.1', port, tls: 'implicit' },
    network: { ca: authority.cert },
    timeoutMs: 10_000,
  };
  const probeOnce = async (): Promise<void> => {
    const evidence = await probe(target, new AbortController().signal);
    if (!isSuccess(evidence)) throw new Error(`a probe failed: ${JSON.stringify(evidence.stages)}`);
  };
  await inParallel(WARM_UP, probeOnce);
  const before = process.cpuUsage();
  await inParallel(PROBES, probeOnce);
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000 / PROBES;
}

async function measureBlackbox(exporter: Blackbox, protocol: Protocol): Promise<number> {
  await inParallel(WARM_UP, async () => await exporter.probe(protocol));
  const before = exporter.cpuMs();
  await inParallel(PROBES, async () => await exporter.probe(protocol));
  return (exporter.cpuMs() - before) / PROBES;
}

async function inParallel(count: number, run: () => Promise<void>): Promise<void> {
  let started = 0;
  const worker = async (): Promise<void> => {
    while (started < count) {
      started += 1;
      await run();
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

interface Blackbox {
  readonly probe: (protocol: Protocol) => Promise<void>;
  readonly cpuMs: () => number;
  readonly close: () => void;
}

/** The dialogue of a probe: log in, open read-only, log out. */
async function startBlackbox(token: string): Promise<Blackbox> {
  const payload = Buffer.from(`user=${USER}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64');
  const tls = { ca_file: join(directory, 'ca.pem'), server_name: 'localhost' };
  writeFileSync(tls.ca_file, authority.cert);
  const module = (exchange: readonly object[]): object => ({
    prober: 'tcp',
    timeout: '10s',
    tcp: { tls: true, tls_config: tls, preferred_ip_protocol: 'ip4', query_response: exchange },
  });
  const configuration = {
    modules: {
      imap: module([
        { expect: '^\\* OK' },
        { send: `a1 AUTHENTICATE XOAUTH2 ${payload}` },
        { expect: '^a1 OK' },
        { send: 'a2 EXAMINE INBOX' },
        { expect: '^a2 OK' },
        { send: 'a3 LOGOUT' },
        { expect: '^a3 OK' },
      ]),
      pop3: module([
        { expect: '^\\+OK' },
        { send: 'AUTH XOAUTH2' },
        { expect: '^\\+' },
        { send: payload },
        { expect: '^\\+OK' },
        { send: 'STAT' },
        { expect: '^\\+OK' },
        { send: 'QUIT' },
        { expect: '^\\+OK' },
      ]),
    },
  };
  const file = join(directory, 'blackbox.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration));
  const port = 20_000 + (process.pid % 20_000);
  const child = spawn(
    BLACKBOX,
    [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const fetchText = async (path: string): Promise<string> => {
    const [response] = await once(get({ host: '127.0.0.1', port, path }), 'response');
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return body;
  };
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (
      await fetchText('/-/healthy').then(
        () => true,
        () => false,
      )
    )
      break;
    await delay(50);
  }
  const ports = { imap: dovecot.ports.imaps, pop3: dovecot.ports.pop3s };
  return {
    probe: async (protocol) => {
      const answer = await fetchText(`/probe?module=${protocol}&target=127.0.0.1:${ports[protocol]}`);
      if (!/^probe_success 1$/m.test(answer))
        throw new Error(`blackbox_exporter's probe failed: ${protocol}`);
    },
    // Fields 14 and 15 of /proc/PID/stat count ticks of 10 ms (proc(5)).
    cpuMs: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    close: () => void child.kill(),
  };
}
