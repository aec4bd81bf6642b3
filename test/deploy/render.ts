/** The sets of values under test/deploy/values/, and the chart rendered with them. */
import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { CHART, helm, type HelmRun } from '../support/helm.ts';

const VALUES = join(import.meta.dirname, 'values');

export const SETS = readdirSync(VALUES).map((file) => basename(file, '.yaml'));

export const valuesOf = (set: string): string => join(VALUES, `${set}.yaml`);

/** Runs `helm template` with a set of values and `overrides`. */
export async function template(set: string | undefined, overrides: unknown = {}): Promise<HelmRun> {
  const folder = await mkdtemp(join(tmpdir(), 'mailprobe-chart-'));
  try {
    const file = join(folder, 'overrides.yaml');
    await writeFile(file, stringify(overrides));
    const sets = set === undefined ? [] : ['--values', valuesOf(set)];
    return helm(['template', 'watch', CHART, '--namespace', 'mail', ...sets, '--values', file]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function render(set: string, overrides: unknown = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await template(set, overrides);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}
