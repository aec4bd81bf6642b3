import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CAUSES } from '../../src/model/cause.ts';
import { OWNERS, SEVERITIES } from '../../src/model/diagnosis.ts';
import { FLEET_FAMILIES } from '../../src/report/metrics/fleet-families.ts';
import { TARGET_FAMILIES } from '../../src/report/metrics/target-families.ts';
import {
  ALERTS_FILE,
  HAS_PROMTOOL,
  isAlert,
  nameOf,
  promtool,
  readRules,
  readRuleTests,
  testRules,
  type AlertRule,
  type Ran,
  type Rule,
} from './rules.ts';

const RUNBOOK =
  /https:\/\/github\.com\/mailprobe\/mailprobe\/blob\/main\/(\S+)#([\w-]+|\{\{ \$labels\.cause \}\})(?= \{\{|$)/;
const PROBLEM_PAGE = '/problems/{{ $labels.cause }}:{{ $labels.scope }}:{{ $labels.subject }}';
const ROOT = resolve(import.meta.dirname, '../..');

const file = await readRules();
const ruleTests = await readRuleTests();
const rules = file.groups.flatMap((group) => group.rules);
const alerts = rules.filter(isAlert);
const named = rules.map((rule) => ({ name: nameOf(rule), rule }));

test('promtool is there, where nothing may be skipped', () => {
  expect(!HAS_PROMTOOL && process.env.CI !== undefined, 'promtool is missing: install prometheus').toBe(
    false,
  );
});

test('two alerts of one name differ in severity', () => {
  expect(new Set(rules.map(nameOf)).size).toBe(rules.length);
});

test('docs/alerting.md has a section on every alert, in their order', () => {
  const text = readFileSync(join(ROOT, 'docs/alerting.md'), 'utf8');
  const sections = Array.from(text.matchAll(/^### (\w+)$/gm), ([, name]) => name);
  expect(sections).toEqual([...new Set(alerts.map(({ alert }) => alert))]);
});

test('the rules read only metrics that there are', () => {
  const known = new Set([...TARGET_FAMILIES, ...FLEET_FAMILIES].map(({ name }) => name));
  const read = rules.flatMap(({ expr }) => expr.match(/\bmailprobe_\w+/g) ?? []);
  expect(read.filter((name) => !known.has(name))).toEqual([]);
});

test('the rules name no target label that separates installations: they aggregate without, and join ignoring', () => {
  const texts = rules.flatMap((rule) => [
    rule.expr,
    ...(isAlert(rule) ? Object.values(rule.annotations) : []),
  ]);
  expect(texts.filter((text) => /\b(?:by|on)\s*\(/.test(text))).toEqual([]);
});

describe.each(alerts.map((rule) => ({ name: nameOf(rule), rule })))('$name', ({ rule }) => {
  test('waits for two intervals of the default configuration', () => {
    expect(Number(/^(\d+)m$/.exec(rule.for)?.[1])).toBeGreaterThanOrEqual(10);
  });

  test('has a severity and an owner', () => {
    expect([...SEVERITIES, '{{ $labels.severity }}']).toContain(rule.labels.severity);
    expect([...OWNERS, '{{ $labels.owner }}']).toContain(rule.labels.owner);
  });

  test('has a summary and a description', () => {
    expect(Object.keys(rule.annotations).sort()).toEqual(['description', 'runbook_url', 'summary']);
    expect(rule.annotations.summary?.length).toBeLessThan(120);
    expect(rule.annotations.description).not.toMatch(/\$value(?! \| humanize)/);
  });

  test('leads to a section of the documentation', () => {
    const url = rule.annotations.runbook_url ?? '';
    const [, document = '', anchor = ''] = RUNBOOK.exec(url) ?? [];
    const wanted = anchor === '{{ $labels.cause }}' ? CAUSES : [anchor];
    const anchors = anchorsOf(document);
    expect(wanted.filter((each) => !anchors.has(each))).toEqual([]);
  });

  test('leads to the handbook that mailprobe serves where it names a cause, and to the page of what it is about', () => {
    const { runbook_url: runbook = '', description = '' } = rule.annotations;
    const [, document, anchor = ''] = RUNBOOK.exec(runbook) ?? [];
    if (document === 'docs/alerting.md') return;
    expect(runbook).toContain(`{{ . | first | label "url" }}/docs/diagnoses#${anchor} {{- else -}}`);
    const page = anchor === '{{ $labels.cause }}' ? PROBLEM_PAGE : '/apps/{{ $labels.app }}';
    expect(description).toContain(`{{ . | first | label "url" }}${page}`);
  });

  test('is tested: before it fires, while it fires, after it has resolved, and where it must not', () => {
    const seen = ruleTests
      .flatMap(({ tests }) => tests)
      .map(({ alert_rule_test }) => firesIn(rule, alert_rule_test));
    expect(
      seen.some((fires) => /^0+1+0+$/.test(fires)),
      'fires and resolves',
    ).toBe(true);
    expect(
      seen.some((fires) => /^0+$/.test(fires)),
      'does not fire',
    ).toBe(true);
  });
});

describe.skipIf(!HAS_PROMTOOL)('promtool', () => {
  test('accepts the rules', async () => {
    expect(await promtool('check', 'rules', '--lint=all', '--lint-fatal', ALERTS_FILE)).toMatchObject({
      passed: true,
    });
  });

  test('accepts the example configuration', async () => {
    const example = join(ROOT, 'examples/prometheus/prometheus.yml');
    expect(await promtool('check', 'config', example)).toMatchObject({ passed: true });
  });

  test.each(ruleTests.map(({ path }) => path))('passes %s', async (path) => {
    expect(await promtool('test', 'rules', path)).toMatchObject({ passed: true });
  });

  test.each(named)('the tests of $name pass when only what they need is there', async ({ rule }) => {
    expect(await testWith(rule, rule)).toMatchObject({ passed: true });
  });

  /** Turned around: rules that are broken must fail the tests. */
  describe.each<readonly [how: string, breakIt: (rule: Rule) => Rule]>([
    ['never true', (rule) => ({ ...rule, expr: 'vector(0) > 1' })],
    ['always true', (rule) => ({ ...rule, expr: 'vector(1)' })],
    ['impatient', (rule) => (isAlert(rule) ? { ...rule, for: '1m' } : { ...rule, expr: '1' })],
  ])('a rule that is %s', (_, breakIt) => {
    test.each(named)('fails the tests of $name', async ({ rule }) => {
      const { passed, output } = await testWith(rule, breakIt(rule));
      expect(passed).toBe(false);
      expect(output).toContain('FAILED');
    });
  });
});

/** Runs the tests that concern a rule with another one in its place. What they do not need is left out: it is faster. */
async function testWith(original: Rule, instead: Rule): Promise<Ran> {
  const readers = isAlert(original) ? [] : alerts.filter(({ expr }) => reads(expr, original.record));
  const names = new Set((isAlert(original) ? [original] : readers.slice(0, 1)).map(({ alert }) => alert));
  const tested = alerts.filter(({ alert }) => names.has(alert));
  const needed = rules.filter((rule) =>
    isAlert(rule)
      ? names.has(rule.alert)
      : tested.some(({ expr, annotations }) => reads(`${expr} ${annotations['description']}`, rule.record)),
  );
  const replaced = needed.map((rule) => (rule === original ? instead : rule));
  const concerned = ruleTests.filter(({ tests }) =>
    tests.some(({ alert_rule_test }) => alert_rule_test.some(({ alertname }) => names.has(alertname))),
  );
  return await testRules({ groups: [{ name: 'mailprobe', rules: replaced }] }, concerned);
}

/** Itself, or by way of other recording rules. */
function reads(expr: string, record: string): boolean {
  const names = expr.match(/mailprobe:[\w:]+/g) ?? [];
  return names.some(
    (name) =>
      name === record ||
      rules.some((rule) => !isAlert(rule) && rule.record === name && reads(rule.expr, record)),
  );
}

/** One digit for each moment of a test: does this alert fire? Empty for a test of another alert. */
function firesIn(
  rule: AlertRule,
  checks: (typeof ruleTests)[number]['tests'][number]['alert_rule_test'],
): string {
  const { severity } = rule.labels;
  return checks
    .filter(({ alertname }) => alertname === rule.alert)
    .map(({ exp_alerts }) =>
      exp_alerts.some(({ exp_labels }) => severity?.startsWith('{{') || exp_labels.severity === severity)
        ? 1
        : 0,
    )
    .join('');
}

/** As GitHub makes them of headings. */
function anchorsOf(document: string): ReadonlySet<string> {
  const path = join(ROOT, document);
  if (!existsSync(path)) return new Set();
  const headings = readFileSync(path, 'utf8').matchAll(/^#+ (.*)$/gm);
  return new Set(
    Array.from(headings, ([, text = '']) =>
      text
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}
