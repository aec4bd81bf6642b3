import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { daysFromNow } from '../../src/sandbox/tenant-builder.ts';
import { ALERTMANAGER_FILE, readRuleTests } from '../alerts/rules.ts';
import {
  createAlertedFleet,
  SLOWNESS_ALERTS,
  startAlertingPrometheus,
  type AlertedFleet,
} from '../support/alerted-fleet.ts';
import {
  startAlertmanager,
  startWebhook,
  type Alertmanager,
  type Notification,
  type Webhook,
} from '../support/alertmanager.ts';
import { freePorts } from '../support/free-ports.ts';
import type { Prometheus } from '../support/prometheus.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';
import { watchDaemon, type WatchingDaemon } from '../support/watched-sandbox.ts';

type Labels = Readonly<Record<string, string>>;

const MAILBOXES = 10;

/** The shipped configuration, with the webhook as every receiver and seconds for minutes. */
async function hastyAlertmanager(webhook: string): Promise<object> {
  const shipped: { route: object; receivers: readonly { name: string }[] } = parse(
    await readFile(ALERTMANAGER_FILE, 'utf8'),
  );
  return {
    ...shipped,
    route: { ...shipped.route, group_wait: '3s', group_interval: '1s', repeat_interval: '1h' },
    receivers: shipped.receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: `${webhook}/${name}` }],
    })),
  };
}

describe.skipIf(!isInstalled('prometheus') || !isInstalled('alertmanager'))('an expired secret', () => {
  let fleet: AlertedFleet;
  let watched: WatchingDaemon;
  let webhook: Webhook;
  let alertmanager: Alertmanager;
  let prometheus: Prometheus;

  beforeAll(async () => {
    const mailboxes = Array.from({ length: MAILBOXES }, (_, at) => `box-${at}`);
    fleet = await createAlertedFleet([
      { id: 'plm', owner: 'it-operations', mailboxes },
      { id: 'crm', owner: 'it-operations', mailboxes: ['healthy'] },
    ]);
    const [port] = await freePorts(1);
    watched = await watchDaemon(fleet.sandbox, {
      plan: fleet.plan,
      interval: '1s',
      // The links in the alerts lead there.
      listen: `127.0.0.1:${port}`,
    });

    webhook = await startWebhook();
    alertmanager = await startAlertmanager(await hastyAlertmanager(webhook.url));
    prometheus = await startAlertingPrometheus(
      [new URL(watched.daemon.url).host],
      new URL(alertmanager.url).host,
    );
  });

  afterAll(async () => {
    await prometheus.close();
    await alertmanager.close();
    await webhook.close();
    await watched.close();
    await fleet.sandbox.close();
  });

  async function firing(name: string): Promise<number> {
    const samples = await prometheus.query(`ALERTS{alertname="${name}", alertstate="firing"}`);
    return samples.length;
  }

  test('is one message to those who can fix it, and one when it is fixed', async () => {
    await until('every mailbox to be up', async () => {
      const up = await prometheus.query('mailprobe_mailbox_up == 1');
      return up.length === 2 * (MAILBOXES + 1) ? true : undefined;
    });
    expect(webhook.received, 'while all is well').toEqual([]);

    fleet.expireOn(daysFromNow(-1), new Set(['plm']));
    // Longer than the waits of rules and groups, so that every message has been sent.
    await until('every mailbox to be down for 14 seconds', async () => {
      const old = await prometheus.query('time() - ALERTS_FOR_STATE{alertname="MailprobeMailboxDown"} > 14');
      return old.length === 2 * MAILBOXES ? true : undefined;
    });
    expect(await firing('MailprobeMailboxDown')).toBe(2 * MAILBOXES);
    expect(webhook.received.map(inShort)).toEqual([
      'firing at entra-admins: MailprobeAppProblem secret-expired',
    ]);
    expect(webhook.received[0]?.alerts[0]).toMatchObject({
      labels: {
        alertname: 'MailprobeAppProblem',
        app: 'plm',
        app_owner: 'it-operations',
        cause: 'secret-expired',
        owner: 'entra-admin',
        severity: 'critical',
      },
      annotations: {
        summary: 'App plm: secret-expired',
        description: expect.stringContaining(
          'Down now (10): box-0, box-1, box-2, box-3, box-4 and more. To be fixed by: entra-admin.',
        ),
        runbook_url: `${watched.daemon.url}/docs/diagnoses#secret-expired`,
      },
    });
    const link = /The fix: (\S+)$/.exec(
      webhook.received[0]?.alerts[0]?.annotations['description'] ?? '',
    )?.[1];
    const page = await fetch(link ?? '');
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('secret of app plm')]);
    const held = await alertmanager.alerts();
    const namesOf = (silenced: boolean): ReadonlySet<string | undefined> =>
      new Set(held.filter((each) => each.silenced === silenced).map(({ labels }) => labels['alertname']));
    expect([...namesOf(false)]).toEqual(['MailprobeAppProblem']);
    expect(namesOf(true)).toContain('MailprobeMailboxDown');
    expect(namesOf(true)).toContain('MailprobeCredentialRefused');
    const slowness = [...SLOWNESS_ALERTS].join('|');
    await until('no alert about mailprobe itself to be pending', async () =>
      (await prometheus.query(`ALERTS{alertname=~"${slowness}"}`)).length === 0 ? true : undefined,
    );

    fleet.expireOn(daysFromNow(150));
    await until('word that it is fixed', () => webhook.received.find(({ status }) => status === 'resolved'));
    await until('no alert to be left', async () =>
      (await firing('MailprobeMailboxDown')) === 0 ? true : undefined,
    );
    // The operators may hear of a mailbox whose next probe takes longer than that of another, which ended the problem.
    expect(
      webhook.received.filter(({ receiver }) => receiver !== 'operators').map(inShort),
      'to those who can fix it',
    ).toEqual([
      'firing at entra-admins: MailprobeAppProblem secret-expired',
      'resolved at entra-admins: MailprobeAppProblem secret-expired',
    ]);
    const apps = webhook.received.flatMap(({ alerts }) => alerts.map(({ labels }) => labels['app']));
    expect(new Set(apps), 'not the healthy app').toEqual(new Set(['plm']));
  });
});

function inShort({ status, receiver, alerts }: Notification): string {
  const names = alerts.map(({ labels }) =>
    [labels['alertname'], labels['cause'], labels['severity'] === 'critical' ? '' : labels['severity']]
      .join(' ')
      .trim(),
  );
  return `${status} at ${receiver}: ${names.join(', ')}`;
}

/** The labels are those that the rules give their alerts: they are taken from the tests of the rules. */
const labelSets: readonly Labels[] = (await readRuleTests())
  .flatMap(({ tests }) => tests)
  .flatMap(({ alert_rule_test }) => alert_rule_test)
  .flatMap(({ alertname, exp_alerts }) => exp_alerts.map(({ exp_labels }) => ({ ...exp_labels, alertname })));

function labelsOf(alertname: string, more: Labels = {}): Labels {
  const found = labelSets.find(
    (labels) =>
      labels['alertname'] === alertname && (more['severity'] ?? labels['severity']) === labels['severity'],
  );
  if (found === undefined) throw new Error(`no test of a rule shows the labels of ${alertname}`);
  return { ...found, ...more };
}

interface Pair {
  readonly what: string;
  readonly whom: string | undefined;
  readonly source: Labels;
  readonly target: Labels;
}

function pairs(rows: readonly (readonly [what: string, source: Labels, target: Labels])[]): readonly Pair[] {
  return rows.map(([what, source, target]) => ({ what, whom: target['alertname'], source, target }));
}

describe.skipIf(!isInstalled('alertmanager'))('what silences what', () => {
  let alertmanager: Alertmanager;
  let round = 0;

  beforeAll(async () => {
    alertmanager = await startAlertmanager(await hastyAlertmanager('http://127.0.0.1:9'));
  });

  afterAll(async () => {
    await alertmanager.close();
  });

  afterEach(() => {
    round += 1;
  });

  /**
   * Each case is an installation of its own, so that no case sees the alerts of another. A pair that is known to be silenced
   * goes after it: once it is, what was sent before has been weighed.
   */
  async function isSilenced(source: Labels, target: Labels): Promise<boolean | undefined> {
    const [installation, canary] = [`probe-${round}`, `canary-${round}`];
    await alertmanager.send([
      { ...target, installation },
      { installation, ...source },
    ]);
    await alertmanager.send([
      { ...labelsOf('MailprobeIsolated'), installation: canary },
      { ...down, installation: canary },
    ]);
    const stateOf = async (wanted: Labels): Promise<boolean | undefined> => {
      const held = await alertmanager.alerts();
      return held.find(({ labels }) =>
        ['installation', 'alertname', 'severity'].every((name) => labels[name] === wanted[name]),
      )?.silenced;
    };
    await until('the canary to be silenced', async () =>
      (await stateOf({ ...down, installation: canary })) === true ? true : undefined,
    );
    return await stateOf({ ...target, installation });
  }

  const down = labelsOf('MailprobeMailboxDown');
  const tokens = labelsOf('MailprobeTokenRequestsFailing');

  test.each(
    pairs([
      ['a problem of the mailbox', labelsOf('MailprobeMailboxProblem'), down],
      ['a problem of its app', labelsOf('MailprobeAppProblem'), down],
      ['a problem of its tenant', labelsOf('MailprobeTenantProblem'), down],
      ['a problem of its mail host', labelsOf('MailprobeEndpointProblem'), down],
      [
        'a problem of its token host',
        labelsOf('MailprobeEndpointProblem', {
          endpoint: down['token_host'] ?? '',
          token_host: down['token_host'] ?? '',
        }),
        down,
      ],
      ['a prober that is cut off', labelsOf('MailprobeIsolated'), down],
      ['throttling', labelsOf('MailprobeThrottled'), down],
      ['a problem of the app', labelsOf('MailprobeAppProblem'), tokens],
      ['a problem of the app', labelsOf('MailprobeAppProblem'), labelsOf('MailprobeCredentialRefused')],
      ['a problem of the app', labelsOf('MailprobeAppProblem'), labelsOf('MailprobeCredentialExpired')],
      ['a refused credential', labelsOf('MailprobeCredentialRefused'), tokens],
      [
        'the last week of a secret',
        labelsOf('MailprobeCredentialExpiring', { severity: 'critical' }),
        labelsOf('MailprobeCredentialExpiring', { severity: 'info' }),
      ],
    ]),
  )('$what silences $whom', async ({ source, target }) => {
    expect(await isSilenced(source, target)).toBe(true);
  });

  test.each(
    pairs([
      [
        'a problem of another mailbox',
        labelsOf('MailprobeMailboxProblem', { mailbox: 'sales', subject: 'sales' }),
        down,
      ],
      ['a problem of another app', labelsOf('MailprobeAppProblem', { app: 'crm', subject: 'crm' }), down],
      [
        'a problem of another tenant',
        labelsOf('MailprobeTenantProblem', { tenant: 'x', subject: 'x' }),
        down,
      ],
      [
        'a problem of another host',
        labelsOf('MailprobeEndpointProblem', { endpoint: 'x:995', token_host: 'x:995' }),
        down,
      ],
      [
        'a certificate of its mail host that is about to end',
        labelsOf('MailprobeEndpointProblem', { cause: 'server-certificate-expiring' }),
        down,
      ],
      ['a mere warning', { ...labelsOf('MailprobeAppProblem'), severity: 'warning' }, down],
      [
        'throttling of another mailbox',
        labelsOf('MailprobeThrottled', { mailbox: 'sales', subject: 'sales' }),
        down,
      ],
      ['a problem of another installation', labelsOf('MailprobeAppProblem', { installation: 'b' }), down],
      [
        'a replica that is cut off beside one that is not',
        labelsOf('MailprobeIsolated', { others: 'watching' }),
        down,
      ],
      ['a problem of the app', labelsOf('MailprobeAppProblem'), labelsOf('MailprobeMailboxProblem')],
      [
        'a problem of the app',
        labelsOf('MailprobeAppProblem'),
        labelsOf('MailprobeCredentialExpiring', { severity: 'critical' }),
      ],
      ['one mailbox that is not probed', labelsOf('MailprobeProbesNotHappening'), down],
    ]),
  )('$what does not silence $whom', async ({ source, target }) => {
    expect(await isSilenced(source, target)).toBe(false);
  });
});
