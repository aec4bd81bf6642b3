/**
 * A real Alertmanager on loopback, with a configuration given as data and a folder of its own, and the webhook that
 * it notifies.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePorts } from './free-ports.ts';
import { until } from './until.ts';

type Labels = Readonly<Record<string, string>>;

export interface Alertmanager {
  readonly url: string;
  /** Alerts as Prometheus would send them. */
  readonly send: (alerts: readonly Labels[]) => Promise<void>;
  /** The alerts it holds, and whether another one silences them. */
  readonly alerts: () => Promise<readonly { readonly labels: Labels; readonly silenced: boolean }[]>;
  readonly close: () => Promise<void>;
}

const alertsAnswer = z.array(
  z.object({
    labels: z.record(z.string(), z.string()),
    status: z.object({ inhibitedBy: z.array(z.string()) }),
  }),
);

export async function startAlertmanager(configuration: object): Promise<Alertmanager> {
  const directory = mkdtempSync(join(tmpdir(), 'mailprobe-alertmanager-'));
  const file = join(directory, 'alertmanager.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration));
  const [port] = await freePorts(1);
  const child = spawn(
    '/usr/bin/prometheus-alertmanager',
    [
      `--config.file=${file}`,
      `--storage.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const url = `http://127.0.0.1:${port}`;
  await until('Alertmanager to be ready', async () => {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    return response?.ok ? true : undefined;
  });
  return {
    url,
    send: async (alerts) => {
      const response = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts.map((labels) => ({ labels }))),
      });
      if (!response.ok) throw new Error(`Alertmanager refused the alerts: ${await response.text()}`);
    },
    alerts: async () => {
      const response = await fetch(`${url}/api/v2/alerts`);
      const answer = alertsAnswer.parse(await response.json());
      return answer.map(({ labels, status }) => ({ labels, silenced: status.inhibitedBy.length > 0 }));
    },
    close: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
const notification = z.object({
  receiver: z.string(),
  status: z.enum(['firing', 'resolved']),
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
    }),
  ),
});

export type Notification = z.infer<typeof notification>;

export interface Webhook {
  readonly url: string;
  /** Every message so far, the oldest first. */
  readonly received: readonly Notification[];
  readonly close: () => Promise<void>;
}

export async function startWebhook(): Promise<Webhook> {
  const received: Notification[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      received.push(notification.parse(JSON.parse(body)));
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    close: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
