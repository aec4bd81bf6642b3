import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { startPrometheus, type Prometheus } from '../support/prometheus.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

/** The members of Grafana's dashboard JSON that decide whether it can be imported and is drawn as meant. */
const datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const place = z.strictObject({
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1),
});
const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource,
  editorMode: z.literal('code'),
  expr: z.string().min(1),
  legendFormat: z.string(),
  instant: z.boolean(),
  range: z.boolean(),
  format: z.literal('table').optional(),
});
const steps = z.array(z.strictObject({ color: z.string(), value: z.number().nullable() })).min(1);
const panel = z.strictObject({
  id: z.int(),
  type: z.enum(['stat', 'table', 'state-timeline', 'timeseries', 'bargauge']),
  title: z.string().min(1),
  description: z.string().min(1),
  datasource,
  gridPos: place,
  fieldConfig: z.strictObject({
    defaults: z.object({
      /** https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
      unit: z.enum(['short', 's', 'd', 'bytes', 'percentunit']),
      thresholds: z.strictObject({ mode: z.literal('absolute'), steps }),
    }),
    overrides: z.array(z.object({ matcher: z.object({ id: z.literal('byName'), options: z.string() }) })),
  }),
  options: z.record(z.string(), z.unknown()),
  targets: z.array(target).min(1),
  transformations: z
    .array(z.strictObject({ id: z.enum(['merge', 'organize']), options: z.unknown() }))
    .optional(),
});
const row = z.strictObject({
  id: z.int(),
  type: z.literal('row'),
  title: z.string().min(1),
  collapsed: z.literal(false),
  gridPos: place,
  panels: z.tuple([]),
});
const queryVariable = z.object({
  name: z.string(),
  type: z.literal('query'),
  datasource,
  definition: z.string(),
  query: z.object({ query: z.string() }),
});
const dashboardSchema = z.object({
  id: z.null(),
  uid: z.literal('mailprobe'),
  title: z.literal('mailprobe'),
  schemaVersion: z.int().min(36),
  templating: z.object({
    list: z
      .tuple([
        z.object({
          name: z.literal('datasource'),
          type: z.literal('datasource'),
          query: z.literal('prometheus'),
        }),
      ])
      .rest(queryVariable),
  }),
  panels: z.array(z.discriminatedUnion('type', [panel, row])),
});

const FILE = resolve(import.meta.dirname, '../../examples/grafana/mailprobe.json');
const dashboard = dashboardSchema.parse(JSON.parse(await readFile(FILE, 'utf8')));
const panels = dashboard.panels.filter((each) => each.type !== 'row');
const [, ...variables] = dashboard.templating.list;

const queries = panels.flatMap(({ title, targets }) =>
  targets.map(({ refId, expr }) => ({ name: targets.length === 1 ? title : `${title}, ${refId}`, expr })),
);

describe('the dashboard', () => {
  test('has the variables app, mailbox and protocol, after the data source', () => {
    expect(variables.map(({ name }) => name)).toEqual(['app', 'mailbox', 'protocol']);
    for (const { definition, query } of variables) expect(query.query).toBe(definition);
  });

  test('gives every panel a number of its own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('gives every query of a panel a letter of its own', () => {
    for (const { targets } of panels) {
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const { instant, range } of targets) expect(range).toBe(!instant);
    }
  });

  test('lays no panel over another, nor out of the grid', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => ({ x: x + (at % w), y: y + Math.floor(at / w) })),
    );
    expect(cells.filter(({ x }) => x > 23)).toEqual([]);
    const names = cells.map(({ x, y }) => `column ${x}, line ${y}`);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test('names thresholds from the lowest up, beginning without a number', () => {
    for (const { fieldConfig } of panels) {
      const [base, ...others] = fieldConfig.defaults.thresholds.steps.map(({ value }) => value);
      expect(base).toBeNull();
      const values = others.map(Number);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
  });

  test('shows what was promised', () => {
    const titles = panels.map(({ type, title }) => `${type}: ${title}`);
    expect(titles).toEqual(
      expect.arrayContaining([
        'state-timeline: State of all mailboxes',
        'table: Open problems',
        'bargauge: Days left of each credential',
        'timeseries: 95th percentile of each phase',
        'timeseries: Token requests in an hour',
        'timeseries: CPU',
        'timeseries: Scheduler lag',
      ]),
    );
  });

  test('shows what replicas report as one, whatever other labels their targets have', () => {
    expect(queries.filter(({ expr }) => /\bby\s*\(/.test(expr))).toEqual([]);
  });

  test('uses only variables that there are', () => {
    const known = new Set(['app', 'mailbox', 'protocol', '__rate_interval']);
    const used = queries.flatMap(({ expr }) => expr.match(/(?<=\$)\w+/g) ?? []);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe.skipIf(!isInstalled('prometheus'))('against a real Prometheus that scrapes the demo', () => {
  let watched: WatchedSandbox;
  let prometheus: Prometheus;

  beforeAll(async () => {
    const { tenant, plan } = createDemoTenant();
    watched = await watchSandbox({ tenant }, { plan, interval: '2s' });
    prometheus = await startPrometheus({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        // Not the name that the alerts want: the dashboard finds mailprobe by its metrics.
        { job_name: 'anything', static_configs: [{ targets: [new URL(watched.daemon.url).host] }] },
      ],
    });
  });

  afterAll(async () => {
    await prometheus.close();
    await watched.close();
  });

  /**
   * Where nothing is the good news, a query falls back to zero, or leaves out what is well: that would be an answer
   * even if it asked for what does not exist. So it is asked without the zero, and for what it leaves out.
   */
  function outspoken(expression: string): string {
    return expression.replace(/ or vector\(0\)$/, '').replace(' unless ignoring ', ' and ignoring ');
  }

  /** As Grafana fills them in: all mailboxes, and for a rate so long that some scrapes were in time on any machine. */
  function filledIn(expression: string, chosen: Readonly<Record<string, string>> = {}): string {
    return expression
      .replaceAll('$__rate_interval', '30s')
      .replaceAll(/\$(app|mailbox|protocol)\b/g, (_, name: string) => chosen[name] ?? '.*');
  }

  test.each(queries)('$name has data', async ({ expr }) => {
    await prometheus.query(filledIn(expr));
    const samples = await until(`data of ${expr}`, async () => {
      const found = (await prometheus.query(filledIn(outspoken(expr)))).filter(
        ({ value }) => value[1] !== 'NaN',
      );
      return found.length > 0 ? found : undefined;
    });
    expect(samples.length).toBeGreaterThan(0);
  });

  test.each(variables.map(({ name, definition }) => ({ name, definition })))(
    'the variable $name has values',
    async ({ definition }) => {
      const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
      const samples = await until(`values of ${definition}`, async () => {
        const found = await prometheus.query(`group by (${label}) (${filledIn(series)})`);
        return found.length > 1 ? found : undefined;
      });
      expect(samples.every(({ metric }) => metric[label] !== undefined)).toBe(true);
    },
  );

  test('shows the mailboxes of the app that was chosen, and no others', async () => {
    const timeline = queries.find(({ name }) => name === 'State of all mailboxes')?.expr ?? '';
    const samples = await until('both mailboxes of the app, over both protocols', async () => {
      const found = await prometheus.query(filledIn(timeline, { app: 'suppliers' }));
      return found.length === 4 ? found : undefined;
    });
    expect(new Set(samples.map(({ metric }) => metric['mailbox']))).toEqual(
      new Set(['suppliers', 'billing']),
    );
  });
});
