/** The Helm chart, rendered by a real Helm, against golden files and Kubernetes' schemas. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { FLEET_FAMILIES } from '../../src/report/metrics/fleet-families.ts';
import { TARGET_FAMILIES } from '../../src/report/metrics/target-families.ts';
import { CHART, helm, provisionHelm } from '../support/helm.ts';
import { kubernetesProblems, type KubernetesObject } from '../support/kubernetes-schema.ts';
import { render, SETS, template, valuesOf } from './render.ts';
import { files } from '../support/files.ts';

const GOLDEN = join(import.meta.dirname, '../golden/helm');
const ALERTS = readFileSync(join(CHART, 'files/alerts.yaml'), 'utf8');

/** Kubernetes reads YAML 1.1: `0440` is octal, and `no` is false. */
function objectsOf(text: string): readonly KubernetesObject[] {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    const object: KubernetesObject = document.toJS();
    return object;
  });
}

async function objectOf<T>(kind: string, set: string, overrides: unknown = {}): Promise<T> {
  const objects = objectsOf(await render(set, overrides)).filter((object) => object.kind === kind);
  expect(objects.map((object) => object.kind)).toEqual([kind]);
  return JSON.parse(JSON.stringify(objects[0]));
}

/** What the links between objects are read from. */
interface Linked {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly selector: Readonly<Record<string, unknown>>;
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly serviceAccountName: string;
        readonly volumes: readonly {
          readonly name: string;
          readonly configMap?: { readonly name: string };
        }[];
        readonly containers: readonly { readonly volumeMounts: readonly { readonly name: string }[] }[];
      };
    };
  };
}

interface Choices {
  readonly existingConfigMap?: string;
  readonly serviceAccount?: { readonly create?: boolean };
}

interface PodSpec {
  readonly securityContext: unknown;
  readonly automountServiceAccountToken: boolean;
  readonly containers: readonly {
    readonly image: string;
    readonly securityContext: unknown;
    readonly resources: { readonly limits: Readonly<Record<string, string>> };
  }[];
}

/** What stands in files of its own is tested on its own. */
function withoutCopies(text: string): string {
  return text
    .replace(
      /(kind: PrometheusRule[\s\S]*?\n {2}groups:\n)[\s\S]*?(?=\n---|$)/,
      '$1    # as in files/alerts.yaml',
    )
    .replace(/( {2}mailprobe\.json: \|\n)[\s\S]*?(?=\n---|$)/, '$1    # as in files/dashboard.json');
}

describe.runIf(provisionHelm())('the Helm chart', () => {
  test.each([undefined, ...SETS])('passes the strict linter with values %s', (set) => {
    const { exitCode, stdout } = helm([
      'lint',
      '--strict',
      CHART,
      ...(set ? ['--values', valuesOf(set)] : []),
    ]);
    expect(stdout).toContain('0 chart(s) failed');
    expect(exitCode).toBe(0);
  });

  describe.each(SETS)('with values %s', (set) => {
    test('matches its golden file', async () => {
      await expect(withoutCopies(await render(set))).toMatchFileSnapshot(join(GOLDEN, `${set}.yaml`));
    });

    test('is valid for Kubernetes, without a field that it does not know', async () => {
      const objects = objectsOf(await render(set));
      expect(objects.length).toBeGreaterThan(2);
      expect(objects.flatMap(kubernetesProblems)).toEqual([]);
    });

    test('has names and labels that find one another', async () => {
      const objects: readonly Linked[] = JSON.parse(JSON.stringify(objectsOf(await render(set))));
      const one = (kind: string): Linked | undefined => objects.find((object) => object.kind === kind);
      const names = (kind: string): readonly string[] =>
        objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
      const pod = one('Deployment')?.spec?.template;
      const { existingConfigMap, serviceAccount }: Choices = parse(readFileSync(valuesOf(set), 'utf8'));
      expect(serviceAccount?.create === false ? ['default'] : names('ServiceAccount')).toEqual([
        pod?.spec.serviceAccountName,
      ]);
      expect(existingConfigMap ?? names('ConfigMap')[0]).toBe(
        pod?.spec.volumes.find(({ name }) => name === 'config')?.configMap?.name,
      );
      const labels = pod?.metadata.labels;
      const selector = one('Service')?.spec?.selector;
      expect(labels).toMatchObject(selector ?? {});
      expect(one('Pod')?.metadata.labels).not.toMatchObject(selector ?? {});
      expect(one('Deployment')?.spec?.selector).toEqual({ matchLabels: selector });
      const mounted = pod?.spec.containers[0]?.volumeMounts.map(({ name }) => name).toSorted();
      expect(pod?.spec.volumes.map(({ name }) => name).toSorted()).toEqual(mounted);
      const others = objects.filter(({ kind }) => ['PodDisruptionBudget', 'ServiceMonitor'].includes(kind));
      expect(others.map(({ spec }) => spec?.selector)).toEqual(others.map(() => ({ matchLabels: selector })));
      expect(one('Service')?.metadata.labels).toMatchObject(selector ?? {});
    });

    test('runs without privileges, and without a CPU limit', async () => {
      const objects = JSON.parse(JSON.stringify(objectsOf(await render(set))));
      const specs: readonly PodSpec[] = objects.flatMap(
        ({ kind, spec }: { kind: string; spec: PodSpec & { template?: { spec: PodSpec } } }) =>
          kind === 'Pod' ? [spec] : kind === 'Deployment' ? [spec.template?.spec] : [],
      );
      expect(specs).toHaveLength(2);
      for (const spec of specs) {
        expect(spec.automountServiceAccountToken).toBe(false);
        expect(spec.securityContext).toMatchObject({
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        for (const container of spec.containers) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(container.resources.limits).toHaveProperty('memory');
          expect(container.resources.limits).not.toHaveProperty('cpu');
        }
      }
    });
  });

  test.each(['minimal', 'everything'])('writes a mailprobe.yaml that the daemon loads (%s)', async (set) => {
    const { data } = await objectOf<{ data: Record<string, string> }>(
      'ConfigMap',
      set,
      // The dashboard is a ConfigMap too.
      { grafanaDashboard: { enabled: false } },
    );
    const folder = await mkdtemp(join(tmpdir(), 'mailprobe-chart-'));
    const file = join(folder, 'mailprobe.yaml');
    await writeFile(file, data['mailprobe.yaml'] ?? '');
    const loaded = await loadConfig(file, {
      env: { QMS_CLIENT_ID: crypto.randomUUID(), QMS_CLIENT_SECRET: 'value' },
      files,
    });
    await rm(folder, { recursive: true });
    // Only what is mounted in the cluster is missing here.
    const problems = loaded.ok ? [] : loaded.errors.map(({ message }) => message);
    expect(problems.filter((message) => !/cannot read|no such file|does not exist/i.test(message))).toEqual(
      [],
    );
    expect(data['mailprobe.yaml']).toMatch(/^listen: 0\.0\.0\.0:\d+$/m);
  });

  test('runs several replicas on a database without a volume, one after the other, on nodes of their own', async () => {
    const { spec } = await objectOf<{
      spec: { replicas: number; strategy: unknown; template: { spec: unknown } };
    }>('Deployment', 'replicas');
    expect(spec.replicas).toBe(2);
    expect(spec.strategy).toEqual({
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    expect(JSON.stringify(spec.template.spec)).not.toMatch(/persistentVolumeClaim|emptyDir|STATE_DIRECTORY/);
    expect(JSON.stringify(spec.template.spec)).toContain('podAntiAffinity');
    const kinds = objectsOf(await render('replicas')).map(({ kind }) => kind);
    expect(kinds).toContain('PodDisruptionBudget');
    expect(kinds).not.toContain('PersistentVolumeClaim');
  });

  test('runs one replica on a database without a budget that would keep its node from being drained', async () => {
    const objects = objectsOf(await render('replicas', { replicaCount: 1 }));
    expect(objects.map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
    expect(JSON.stringify(objects)).not.toContain('podAntiAffinity');
  });

  test('keeps the affinity of the operator', async () => {
    const affinity = { nodeAffinity: {} };
    const { spec } = await objectOf<{ spec: { template: { spec: { affinity: unknown } } } }>(
      'Deployment',
      'replicas',
      { affinity },
    );
    expect(spec.template.spec.affinity).toEqual(affinity);
  });

  test('leaves more time to end than a replica takes to give its apps away', async () => {
    const { spec } = await objectOf<{
      spec: { template: { spec: { terminationGracePeriodSeconds: number } } };
    }>('Deployment', 'replicas');
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(10);
  });

  test('tells replicas apart in Prometheus, and installations', async () => {
    const { spec } = await objectOf<{
      spec: { endpoints: { relabelings: { targetLabel?: string; sourceLabels?: string[] }[] }[] };
    }>('ServiceMonitor', 'replicas');
    const from = new Map(
      spec.endpoints[0]?.relabelings.map(({ targetLabel, sourceLabels }) => [targetLabel, sourceLabels]),
    );
    expect(from.get('instance')).toEqual(['namespace', 'pod']);
    expect(from.get('installation')).toEqual(['namespace', 'service']);
  });

  test('carries all alerts to the PrometheusRule, word for word', async () => {
    const { spec } = await objectOf<{ spec: unknown }>('PrometheusRule', 'vault');
    expect(spec).toEqual(parse(ALERTS));
  });

  test('leaves out the alerts that were switched off, and leads to the runbooks that were named', async () => {
    const { spec } = await objectOf<{ spec: { groups: { name: string; rules: { alert?: string }[] }[] } }>(
      'PrometheusRule',
      'everything',
    );
    const names = spec.groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect(names).toContain('MailprobeMailboxDown');
    expect(names).not.toContain('MailprobeThrottled');
    expect(spec.groups.map(({ name }) => name)).toEqual(['mailprobe', 'own']);
    const text = JSON.stringify(spec);
    expect(text.match(/"runbook_url":/g)?.length).toBeGreaterThan(10);
    expect(text.match(/https:\/\/wiki\.contoso\.example\/mailprobe\/\w/g)?.length).toBeGreaterThan(10);
    for (const other of ['github.com', '/docs/diagnoses#']) expect(text).not.toContain(other);
  });

  test('lets no label of the scrape target hide one of the metrics', async () => {
    const { spec } = await objectOf<{
      spec: { endpoints: { relabelings: { action?: string; regex?: string }[] }[] };
    }>('ServiceMonitor', 'vault');
    const dropped = spec.endpoints[0]?.relabelings.find(({ action }) => action === 'labeldrop')?.regex ?? '';
    // What the Prometheus Operator puts on the targets of a ServiceMonitor.
    const added = ['namespace', 'service', 'pod', 'container', 'endpoint', 'job', 'instance'];
    const kept = added.filter((label) => !new RegExp(`^(?:${dropped})$`).test(label));
    const ours = new Set([...TARGET_FAMILIES, ...FLEET_FAMILIES].flatMap(({ labels }) => labels));
    expect(ours).toContain('endpoint');
    expect(kept.filter((label) => ours.has(label))).toEqual([]);
    expect(kept).toEqual(['namespace', 'service', 'pod', 'job', 'instance']);
  });

  test('holds a dashboard that Grafana can read', async () => {
    const text = await render('everything');
    const dashboard = objectsOf(text).find(({ metadata }) => metadata.name.endsWith('-dashboard'));
    const { data }: { data?: Record<string, string> } = JSON.parse(JSON.stringify(dashboard));
    expect(JSON.parse(data?.['mailprobe.json'] ?? '')).toEqual(
      JSON.parse(readFileSync(join(CHART, 'files/dashboard.json'), 'utf8')),
    );
  });

  test('goes into a package', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'mailprobe-chart-'));
    const { exitCode, stderr } = helm(['package', CHART, '--destination', folder]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(readdirSync(folder)).toEqual(['mailprobe-0.1.0.tgz']);
    await rm(folder, { recursive: true });
  });

  test('can be a part of another chart, which hands it `global`', async () => {
    expect((await template('minimal', { global: { region: 'north' } })).exitCode).toBe(0);
  });
});
