/**
 * What the chart has from elsewhere is what stands there: alerts, dashboard, schema, table of values, versions.
 * What fails here is stale: `npm run chart`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { CHART_COPIES, chartReadme, valuesSchema, valuesTable } from '../../tools/chart.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

test.each(CHART_COPIES)('%s is in the chart as it is', (source, copy) => {
  expect(read(copy)).toBe(read(source));
});

test('the schema of `config` is the schema of mailprobe.yaml', () => {
  const current = read('helm/values.schema.json');
  expect(JSON.parse(current)).toEqual(valuesSchema(current));
});

test('the README has every value, with what it means', () => {
  const readme = read('helm/README.md');
  expect(readme).toBe(chartReadme(readme, read('helm/values.yaml')));
  const rows = valuesTable(read('helm/values.yaml')).split('\n').slice(2, -1);
  expect(rows.length).toBeGreaterThan(70);
  expect(rows.filter((row) => row.endsWith('|  |'))).toEqual([]);
});

test('the README begins with values that are tested', () => {
  const [, yaml = ''] =
    /with this `values\.yaml`:\n\n```yaml\n([\s\S]*?)```/.exec(read('helm/README.md')) ?? [];
  expect(parse(yaml)).toEqual(parse(read('test/deploy/values/minimal.yaml')));
});

test('the chart installs the version of this package', () => {
  const { version }: { version: string } = JSON.parse(read('package.json'));
  const chart: { version: string; appVersion: string } = parse(read('helm/Chart.yaml'));
  expect(chart).toMatchObject({ version, appVersion: version });
});

describe('the schema of the values', () => {
  interface Schema {
    readonly type?: string;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly additionalProperties?: unknown;
  }
  const schema: Schema = JSON.parse(read('helm/values.schema.json'));
  const defaults: unknown = parse(read('helm/values.yaml'));

  /** Paths at which one has a key that the other has not. */
  function differences(node: Schema, value: unknown, path: string): readonly string[] {
    if (node.properties === undefined || path === '/config') return [];
    const keys = Object.keys(typeof value === 'object' && value !== null ? value : {});
    const known = Object.keys(node.properties).filter((key) => key !== 'global');
    const unknown = keys.filter((key) => !known.includes(key));
    const below = Object.entries(value ?? {}).flatMap(([key, inner]: [string, unknown]) =>
      differences(node.properties?.[key] ?? {}, inner, `${path}/${key}`),
    );
    // Kubernetes' own structures are passed on: their keys need no default.
    const passedOn = /^\/(resources|startupProbe|livenessProbe|readinessProbe)/.test(path);
    const missing = passedOn ? [] : known.filter((key) => !keys.includes(key));
    return [...unknown, ...missing].map((key) => `${path}/${key}`).concat(below);
  }

  test('knows exactly the values that there are', () => {
    expect(differences(schema, defaults, '')).toEqual([]);
  });

  test('is strict wherever it names keys', () => {
    const lax = (node: Schema, path: string): readonly string[] => [
      ...(node.properties !== undefined && node.additionalProperties !== false ? [path] : []),
      ...Object.entries(node.properties ?? {}).flatMap(([key, inner]) => lax(inner, `${path}/${key}`)),
    ];
    expect(lax(schema, '')).toEqual([]);
  });
});
