/** The shipped rules and their promtool tests as data, and promtool itself, for the tests that judge them. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { WAIT_MS } from '../support/limits.ts';

export const ALERTS_FILE = resolve(import.meta.dirname, '../../examples/prometheus/alerts.yaml');
export const ALERTMANAGER_FILE = resolve(import.meta.dirname, '../../examples/alertmanager/alertmanager.yml');
export const HAS_PROMTOOL = spawnSync('promtool', ['--version'], { timeout: WAIT_MS }).error === undefined;

const labels = z.record(z.string(), z.string());
const recordingRule = z.strictObject({ record: z.string(), expr: z.string() });
const alertRule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string(),
  labels,
  annotations: labels,
});
const rulesFile = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(z.union([recordingRule, alertRule])) })),
});
const testFile = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      alert_rule_test: z.array(
        z.object({
          eval_time: z.string(),
          alertname: z.string(),
          exp_alerts: z.array(z.object({ exp_labels: labels, exp_annotations: labels })),
        }),
      ),
    }),
  ),
});

export type RulesFile = z.infer<typeof rulesFile>;
export type Rule = RulesFile['groups'][number]['rules'][number];
export type AlertRule = z.infer<typeof alertRule>;
export interface RuleTest {
  readonly path: string;
  readonly tests: z.infer<typeof testFile>['tests'];
}

export async function readRules(): Promise<RulesFile> {
  return rulesFile.parse(parse(await readFile(ALERTS_FILE, 'utf8')));
}

export function isAlert(rule: Rule): rule is AlertRule {
  return 'alert' in rule;
}

/** Three alerts of one name differ in their severity. */
export function nameOf(rule: Rule): string {
  return isAlert(rule) ? `${rule.alert} (${rule.labels.severity})` : rule.record;
}

export async function readRuleTests(): Promise<readonly RuleTest[]> {
  const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.test.yaml')).sort();
  return await Promise.all(
    names.map(async (name) => {
      const path = join(import.meta.dirname, name);
      const { tests } = testFile.parse(parse(await readFile(path, 'utf8')));
      return { path, tests };
    }),
  );
}

export interface Ran {
  readonly passed: boolean;
  readonly output: string;
}

export async function promtool(...args: readonly string[]): Promise<Ran> {
  // Its processes are short-lived: without collecting garbage they take a sixth less CPU time.
  const env = { ...process.env, GOGC: 'off' };
  return await promisify(execFile)('promtool', [...args], { timeout: WAIT_MS, env }).then(
    ({ stdout }) => ({ passed: true, output: stdout }),
    (error: unknown) => ({ passed: false, output: String(error) }),
  );
}

/** The same tests against other rules. */
export async function testRules(rules: RulesFile, tests: readonly RuleTest[]): Promise<Ran> {
  return await testRulesWith(rules, await Promise.all(tests.map(({ path }) => readFile(path, 'utf8'))));
}

/** `texts`: test files of promtool. */
export async function testRulesWith(rules: RulesFile, texts: readonly string[]): Promise<Ran> {
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-rules-'));
  try {
    await writeFile(join(directory, 'alerts.yaml'), stringify(rules));
    const files = await Promise.all(
      texts.map(async (text, at) => {
        const file = join(directory, `${at}.yaml`);
        await writeFile(file, text.replace(/^rule_files: .*$/m, 'rule_files: [alerts.yaml]'));
        return file;
      }),
    );
    return await promtool('test', 'rules', ...files);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
