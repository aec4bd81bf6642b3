/** A real Prometheus on loopback, with a configuration given as data and a folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './free-ports.ts';
import { until } from './until.ts';

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export interface Prometheus {
  readonly url: string;
  /** An instant query. Rejects when Prometheus refuses it. */
  readonly query: (expression: string) => Promise<readonly Sample[]>;
  readonly close: () => Promise<void>;
}

export async function startPrometheus(configuration: object): Promise<Prometheus> {
  const directory = mkdtempSync(join(tmpdir(), 'mailprobe-prometheus-'));
  const file = join(directory, 'prometheus.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configuration));
  const [port] = await freePorts(1);
  const child = spawn(
    '/usr/bin/prometheus',
    [
      `--config.file=${file}`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const url = `http://127.0.0.1:${port}`;
  await until('Prometheus to be ready', async () => {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    return response?.ok ? true : undefined;
  });
  return {
    url,
    query: async (expression) => {
      const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
      const answer: { status: string; error?: string; data?: { result: readonly Sample[] } } = JSON.parse(
        await response.text(),
      );
      if (answer.data === undefined) throw new Error(`${expression}: ${answer.error}`);
      return answer.data.result;
    },
    close: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
