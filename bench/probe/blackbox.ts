/**
 * Runs blackbox_exporter (Debian package prometheus-blackbox-exporter) with the dialogue of a probe. Used by
 * `bench/probe.ts`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Protocol } from '../../src/model/protocol.ts';
import type { FakeTenant } from '../memory/fake-tenant.ts';
import { dialogues, type Exchange } from './dialogue.ts';

const BLACKBOX = '/usr/bin/prometheus-blackbox-exporter';

export interface Blackbox {
  readonly probe: (protocol: Protocol) => Promise<void>;
  readonly cpuMs: () => number;
  readonly close: () => void;
}

export const hasBlackbox = (): boolean => existsSync(BLACKBOX);

export async function startBlackbox(folder: string, tenant: FakeTenant, token: string): Promise<Blackbox> {
  const tls = { ca_file: join(folder, 'ca.pem'), server_name: 'localhost' };
  writeFileSync(tls.ca_file, tenant.ca);
  const module = (exchanges: readonly Exchange[]): object => ({
    prober: 'tcp',
    timeout: '10s',
    tcp: {
      tls: true,
      tls_config: tls,
      preferred_ip_protocol: 'ip4',
      query_response: exchanges.flatMap(({ expect, send }) =>
        send === undefined ? [{ expect }] : [{ expect }, { send }],
      ),
    },
  });
  const { imap, pop3 } = dialogues(token);
  const configuration = { modules: { imap: module(imap), pop3: module(pop3) } };
  const file = join(folder, 'blackbox.yml');
  // JSON is valid YAML.
  writeFileSync(file, JSON.stringify(configuration));
  const port = 40_000 + (process.pid % 20_000);
  const child = spawn(
    BLACKBOX,
    [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error'],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const agent = new Agent({ keepAlive: true });
  const fetchText = async (path: string): Promise<string> => {
    const [response] = await once(get({ host: '127.0.0.1', port, path, agent }), 'response');
    let body = '';
    for await (const chunk of response) body += String(chunk);
    return body;
  };
  const isUp = async (): Promise<boolean> => {
    try {
      return (await fetchText('/-/healthy')) !== '';
    } catch {
      return false;
    }
  };
  for (let attempt = 0; attempt < 100 && !(await isUp()); attempt += 1) await delay(50);
  const ports = { imap: tenant.imap, pop3: tenant.pop3 };
  return {
    probe: async (protocol) => {
      const answer = await fetchText(`/probe?module=${protocol}&target=127.0.0.1:${ports[protocol]}`);
      if (!/^probe_success 1$/m.test(answer))
        throw new Error(`blackbox_exporter's probe failed: ${protocol}`);
    },
    // Fields 14 and 15 of /proc/PID/stat count ticks of 10 ms: proc(5).
    cpuMs: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    close: () => {
      agent.destroy();
      child.kill();
    },
  };
}
