/**
 * A replica dies, or gives an app away, and another one reports its mailboxes from then on, under another instance. No
 * alert about a mailbox, an app, a tenant or a host resolves because of it, or waits anew. Judged by promtool.
 */
import { describe, expect, test } from 'vitest';
import type { Cause } from '../../src/model/cause.ts';
import { stringify } from 'yaml';
import { HAS_PROMTOOL, isAlert, readRules, testRulesWith, type RulesFile } from './rules.ts';

const SCRAPE_SECONDS = 5;
const END_SECONDS = 1_800;
/** The owner changes while alerts wait, and again while they fire; rules are evaluated in between. */
const TURNS = [285, 1_185] as const;

type Labels = Readonly<Record<string, string>>;

/** A series that the replica that has the app exports; `each`: how much it grows with every scrape. */
interface Fact {
  readonly metric: string;
  readonly labels?: Labels;
  readonly value: number;
  readonly each?: number;
}

const app: Fact = {
  metric: 'mailprobe_app_info',
  labels: {
    app: 'plm',
    tenant: 'contoso.example',
    token_host: 'login.microsoftonline.com:443',
    app_owner: 'it',
  },
  value: 1,
};
const mailbox: Fact = {
  metric: 'mailprobe_mailbox_info',
  labels: { mailbox: 'qms', protocol: 'imap', app: 'plm', endpoint: 'outlook.office365.com:993' },
  value: 1,
};
const problem = (cause: Cause, scope: string, subject: string): readonly Fact[] => {
  const labels = { cause, scope, subject, owner: 'operator' };
  return [
    { metric: 'mailprobe_problem_affected_mailboxes', labels, value: 1 },
    {
      metric: 'mailprobe_problem_since_timestamp_seconds',
      labels: { ...labels, severity: 'critical' },
      value: 60,
    },
    mailbox,
    app,
  ];
};
const credential = (days: number): readonly Fact[] => [
  {
    metric: 'mailprobe_credential_expiry_timestamp_seconds',
    labels: { app: 'plm', credential: '0000-1', kind: 'secret', source: 'graph' },
    value: days * 86_400,
  },
  { metric: 'mailprobe_credential_in_use', labels: { app: 'plm', credential: '0000-1' }, value: 1 },
  app,
];

/** What holds all the time, and how many alerts of that name follow from it. */
const ALERTS: Readonly<Record<string, { readonly facts: readonly Fact[]; readonly count?: number }>> = {
  MailprobeMailboxDown: {
    facts: [
      { metric: 'mailprobe_mailbox_up', labels: { mailbox: 'qms', protocol: 'imap' }, value: 0 },
      mailbox,
      app,
    ],
  },
  MailprobeMailboxProblem: { facts: problem('mailbox-permission-missing', 'mailbox', 'qms') },
  MailprobeAppProblem: { facts: problem('secret-expired', 'app', 'plm') },
  MailprobeTenantProblem: { facts: problem('tenant-not-found', 'tenant', 'contoso.example') },
  MailprobeEndpointProblem: { facts: problem('tls-interception', 'endpoint', 'outlook.office365.com:993') },
  MailprobeThrottled: { facts: problem('exchange-throttled', 'mailbox', 'qms') },
  MailprobeCredentialExpiring: { facts: credential(5), count: 3 },
  MailprobeCredentialExpired: { facts: credential(-1) },
  MailprobeCredentialRefused: {
    facts: [{ metric: 'mailprobe_credential_valid', labels: { app: 'plm' }, value: 0 }, app],
  },
  MailprobeTokenRequestsFailing: {
    facts: [
      { metric: 'mailprobe_token_requests_total', labels: { app: 'plm' }, value: 1, each: 1 },
      {
        metric: 'mailprobe_token_request_failures_total',
        labels: { app: 'plm', cause: 'token-unexplained' },
        value: 1,
        each: 1,
      },
      app,
    ],
  },
};

/** What concerns a replica itself is its own, and goes with it. */
const OF_A_REPLICA = [
  'MailprobeIsolated',
  'MailprobeProberProblem',
  'MailprobeProbesNotHappening',
  'MailprobeOverloaded',
  'MailprobeStoreDown',
  'MailprobeReloadFailed',
  'MailprobeAbsent',
  'MailprobeReplicaDown',
];

interface Change {
  readonly how: string;
  /** From the last sample of one to the first of the other. Negative: both report for that long. */
  readonly gapSeconds: number;
  /** Prometheus notes that a series has ended: the target is gone, or answers without it. */
  readonly isNoted: boolean;
  /** The one before goes on without the app. */
  readonly lives?: boolean;
  /** It has got another one for it. */
  readonly swaps?: boolean;
}

const CHANGES: readonly Change[] = [
  { how: 'is killed, and the next one reports after 25 seconds', gapSeconds: 25, isNoted: true },
  { how: 'is killed, and the next scrapes are a minute later', gapSeconds: 95, isNoted: true },
  { how: 'is killed, unnoticed by Prometheus', gapSeconds: 25, isNoted: false },
  { how: 'gives the app away, and is scraped once more', gapSeconds: -30, isNoted: true, lives: true },
  { how: 'gives the app away, and the next one is scraped late', gapSeconds: 40, isNoted: true, lives: true },
  { how: 'gives the app away and gets another', gapSeconds: 40, isNoted: true, lives: true, swaps: true },
];

/** In turn: a, b, a. Seconds of the first and the last sample. */
function spansOf({
  gapSeconds,
}: Change): readonly { readonly at: string; readonly from: number; readonly to: number }[] {
  const [first, second] = TURNS;
  return [
    { at: 'a', from: 0, to: first },
    { at: 'b', from: first + gapSeconds, to: second },
    { at: 'a', from: second + gapSeconds, to: END_SECONDS },
  ];
}

/** In the notation of promtool: one value for each scrape. */
function seriesOf(change: Change, { metric, labels = {}, value, each = 0 }: Fact): readonly object[] {
  return ['a', 'b'].map((instance) => {
    const values: (number | string)[] = Array.from({ length: END_SECONDS / SCRAPE_SECONDS + 1 }, () => '_');
    for (const { from, to } of spansOf(change).filter(({ at }) => at === instance)) {
      for (let at = from; at <= to; at += SCRAPE_SECONDS)
        values[at / SCRAPE_SECONDS] = value + (each * at) / SCRAPE_SECONDS;
      if (change.isNoted && to < END_SECONDS) values[to / SCRAPE_SECONDS + 1] = 'stale';
    }
    return { series: seriesName(metric, { ...labels, instance }), values: values.join(' ') };
  });
}

function seriesName(metric: string, labels: Labels): string {
  const target = { job: 'mailprobe', pod: `pod-${labels['instance']}`, ...labels };
  const pairs = Object.entries(target).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${metric}{${pairs.join(', ')}}`;
}

/** Of the whole replica: how many apps it has. One that lives has others. */
function appsOf(change: Change): readonly object[] {
  if (change.lives !== true) return seriesOf(change, { metric: 'mailprobe_replica_apps', value: 2 });
  return ['a', 'b'].map((instance) => {
    const spans = spansOf(change).filter(({ at }) => at === instance);
    const values = Array.from({ length: END_SECONDS / SCRAPE_SECONDS + 1 }, (_, at) => {
      const second = at * SCRAPE_SECONDS;
      const isHolder = spans.some(({ from, to }) => from <= second && second <= to);
      return isHolder && change.swaps !== true ? 3 : 2;
    });
    return { series: seriesName('mailprobe_replica_apps', { instance }), values: values.join(' ') };
  });
}

/** Firing and waiting have no gap, and never begin anew. */
function testOf(name: string, change: Change): object {
  const { facts, count = 1 } = ALERTS[name] ?? { facts: [] };
  // Token requests are counted from their second scrape on. Windows end between two evaluations.
  const since = 125;
  const fires = 905;
  const at = `${END_SECONDS}s`;
  const all = (expr: string, samples: number): object => ({
    expr: `count((${expr}) == ${samples})`,
    eval_time: at,
    exp_samples: [{ value: count }],
  });
  const window = (from: number): string => `${END_SECONDS - from}s`;
  const evaluations = (from: number): number => Math.floor((END_SECONDS - from) / 30) + 1;
  return {
    name: `${name}: a replica ${change.how}`,
    interval: `${SCRAPE_SECONDS}s`,
    input_series: [...facts.flatMap((fact) => seriesOf(change, fact)), ...appsOf(change)],
    promql_expr_test: [
      all(`count_over_time(ALERTS_FOR_STATE{alertname="${name}"}[${window(since)}])`, evaluations(since)),
      all(`changes(ALERTS_FOR_STATE{alertname="${name}"}[${window(since)}])`, 0),
      all(
        `count_over_time(ALERTS{alertname="${name}", alertstate="firing"}[${window(fires)}])`,
        evaluations(fires),
      ),
    ],
  };
}

function testsFor(names: readonly string[], changes: readonly Change[]): readonly string[] {
  const tests = names.flatMap((name) => changes.map((change) => testOf(name, change)));
  return [
    stringify({ rule_files: ['alerts.yaml'], evaluation_interval: '30s', tests }).replace(
      /^rule_files:\n.*$/m,
      'rule_files: [alerts.yaml]',
    ),
  ];
}

const file = await readRules();
const names = Object.keys(ALERTS);

/** Alerts of other names are left out: it is faster. */
function rulesFor(name: string): RulesFile {
  const groups = file.groups.map((group) => ({
    ...group,
    rules: group.rules.filter((rule) => !isAlert(rule) || rule.alert === name),
  }));
  return { groups };
}

/** What vanishes at one replica is gone at once. */
function withoutMemory({ groups }: RulesFile): RulesFile {
  const forget = (expr: string): string => expr.replaceAll('[3m]', '[1s]');
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({ ...rule, expr: forget(rule.expr) })),
    })),
  };
}

test('every alert is either of a replica, or survives its end', () => {
  const all = new Set(file.groups.flatMap(({ rules }) => rules.filter(isAlert).map(({ alert }) => alert)));
  expect([...names, ...OF_A_REPLICA].sort()).toEqual([...all].sort());
});

describe.skipIf(!HAS_PROMTOOL)('promtool', () => {
  test.each(names)('%s neither resolves nor waits anew when the replica changes', async (name) => {
    expect(await testRulesWith(rulesFor(name), testsFor([name], CHANGES))).toMatchObject({ passed: true });
  });

  test.each(names)('would see it where the rules for %s forget a replica at once', async (name) => {
    const [killed] = CHANGES;
    const { passed, output } = await testRulesWith(
      withoutMemory(rulesFor(name)),
      testsFor([name], killed ? [killed] : []),
    );
    expect(passed).toBe(false);
    expect(output).toContain('FAILED');
  });
});
