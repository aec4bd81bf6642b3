/**
 * Puts into the Helm chart what has its source elsewhere, since a chart can only read files of its own: the alerts, the
 * dashboard, the schema of `config`, and the table of values in its README. Run `npm run chart`; tests hold the chart
 * equal to what this makes.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, parseDocument, type Node, type Pair } from 'yaml';
import { configSchema } from '../src/config/json-schema.ts';

const ROOT = join(import.meta.dirname, '..');

/** Source, and its copy in the chart. */
export const CHART_COPIES: readonly (readonly [source: string, copy: string])[] = [
  ['examples/prometheus/alerts.yaml', 'helm/files/alerts.yaml'],
  ['examples/grafana/mailprobe.json', 'helm/files/dashboard.json'],
];

/** Keys of JSON Schema under which names are the user's, not the schema's. */
const NAMED = new Set(['properties', '$defs']);

const NOT_IN_GO = /\(\?[=!<]|,\d{4,}\}/;

/** The schema of the values, with the schema of mailprobe.yaml as that of `config`. */
export function valuesSchema(current: string): Readonly<Record<string, unknown>> {
  const schema: Readonly<Record<string, unknown>> = JSON.parse(current);
  const { $defs, ...config } = forHelm(configSchema());
  return {
    ...schema,
    properties: {
      ...record(schema['properties']),
      config: {
        type: 'object',
        properties: config['properties'],
        additionalProperties: config['additionalProperties'],
      },
    },
    $defs,
  };
}

/** README.md with the table of values between its two marks. */
export function chartReadme(current: string, values: string): string {
  const mark = /(<!-- values -->\n)[\s\S]*(<!-- \/values -->)/;
  return current.replace(mark, (_, begin: string, end: string) => `${begin}\n${valuesTable(values)}\n${end}`);
}

/** One row for each value that is no mapping with values of its own. The meaning is the comment above it. */
export function valuesTable(values: string): string {
  const { contents } = parseDocument(values);
  return ['| value | default | meaning |', '|---|---|---|', ...rows([], contents)].join('\n') + '\n';
}

/** A group whose members have no comment of their own is one row: security contexts and probes. */
function rows(path: readonly string[], node: Node | null): readonly string[] {
  if (!isMap<unknown, Node | null>(node)) return [];
  return node.items.flatMap((pair, index) => {
    const key = [...path, String(pair.key)];
    // The parser gives the comment above a mapping's first key to the mapping.
    const comment = commentOf(pair) ?? (index === 0 && path.length > 0 ? node.commentBefore : undefined);
    const within = isMap(pair.value) && pair.value.items.length > 0 && !pair.value.flow ? pair.value : null;
    const inner = rows(key, within);
    const describes = inner.length > 0 && inner.every((row) => !row.endsWith('|  |'));
    if (describes) return inner;
    const value: unknown = pair.value?.toJSON();
    return [`| \`${key.join('.')}\` | \`${JSON.stringify(value ?? null)}\` | ${oneLine(comment ?? '')} |`];
  });
}

function commentOf(pair: Pair<unknown, Node | null>): string | undefined {
  return isScalar(pair.key) ? (pair.key.commentBefore ?? undefined) : undefined;
}

/** The last paragraph of the comment: what is above a blank line belongs to the file. */
function oneLine(comment: string): string {
  const last = comment.split('\n\n').at(-1) ?? '';
  return last.replaceAll(/\s*\n\s*/g, ' ').trim();
}

/**
 * Helm's regular expressions are Go's, which neither look ahead nor repeat more than 1000 times: such patterns are left
 * to the daemon. So are the `default`s, which Helm would not apply.
 */
function forHelm(node: object): Record<string, unknown> {
  const kept = Object.entries(node).filter(
    ([key, value]) =>
      key !== 'default' && key !== '$schema' && !(key === 'pattern' && NOT_IN_GO.test(String(value))),
  );
  return Object.fromEntries(
    kept.map(([key, value]) => [key, NAMED.has(key) ? mapValues(value) : convert(value)]),
  );
}

function mapValues(named: unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record(named)).map(([name, schema]) => [name, convert(schema)]));
}

function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  return typeof value === 'object' && value !== null ? forHelm(value) : value;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

if (import.meta.main) {
  const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
  const write = (file: string, text: string): void => writeFileSync(join(ROOT, file), text);
  for (const [source, copy] of CHART_COPIES) {
    if (existsSync(join(ROOT, source))) write(copy, read(source));
  }
  const schema = 'helm/values.schema.json';
  write(schema, `${JSON.stringify(valuesSchema(read(schema)), null, 2)}\n`);
  write('helm/README.md', chartReadme(read('helm/README.md'), read('helm/values.yaml')));
}
