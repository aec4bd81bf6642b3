import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Cause } from '../../src/model/cause.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Problem, Snapshot, StatusChange } from '../../src/model/status.ts';
import type { DemoPlan } from '../../src/sandbox/plan.ts';
import { scenarioNamed } from '../../src/sandbox/scenarios.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

/**
 * Another tenant, with many apps, that breaks in many ways at once while the daemon watches at its own pace: the first
 * confirmed verdict must be true, the problems must count the mailboxes right, and close when all is fixed.
 */
const DOMAIN = 'werft-nord.example';
const BOXES = ['eingang', "o'hara", 'büro', 'ablage'] as const;

interface Break {
  readonly app: string;
  /** State of the sandbox; none: this app stays as it is. */
  readonly scenario?: string;
  /** Which of the boxes are hit; for an app-wide state all. */
  readonly hits: readonly number[];
  readonly protocols?: readonly string[];
  /** First cause, where the wire can tell it from others; else those that may come first. */
  readonly first: readonly Cause[];
  readonly scope: 'mailbox' | 'app';
}

const ALL = [0, 1, 2, 3];
const AT_MAILBOX: readonly Cause[] = ['mailbox-permission-missing'];
const IN_EXCHANGE: readonly Cause[] = ['exchange-sp-not-registered'];
const BREAKS: readonly Break[] = [
  { app: 'healthy', hits: [], first: [], scope: 'app' },
  { app: 'secret', scenario: 'secret-expired', hits: ALL, first: ['secret-expired'], scope: 'app' },
  { app: 'deleted', scenario: 'app-not-found', hits: ALL, first: ['app-not-found'], scope: 'app' },
  { app: 'disabled', scenario: 'app-disabled', hits: ALL, first: ['app-disabled'], scope: 'app' },
  {
    app: 'policy',
    scenario: 'conditional-access-blocked',
    hits: ALL,
    first: ['conditional-access-blocked'],
    scope: 'app',
  },
  {
    app: 'roles',
    scenario: 'admin-consent-missing',
    hits: ALL,
    first: ['app-permission-missing'],
    scope: 'app',
  },
  {
    app: 'imap-role',
    scenario: 'imap-permission-missing',
    hits: ALL,
    protocols: ['imap'],
    first: ['app-permission-missing'],
    scope: 'app',
  },
  {
    app: 'unregistered',
    scenario: 'exchange-sp-not-registered',
    hits: ALL,
    first: IN_EXCHANGE,
    scope: 'app',
  },
  { app: 'wrong-id', scenario: 'exchange-sp-wrong-object-id', hits: ALL, first: IN_EXCHANGE, scope: 'app' },
  {
    app: 'permission',
    scenario: 'mailbox-permission-missing',
    hits: [1],
    first: AT_MAILBOX,
    scope: 'mailbox',
  },
  { app: 'license', scenario: 'mailbox-unlicensed', hits: [2], first: AT_MAILBOX, scope: 'mailbox' },
  {
    app: 'switch',
    scenario: 'imap-disabled-not-connected',
    hits: [1],
    protocols: ['imap'],
    first: ['protocol-disabled-on-mailbox'],
    scope: 'mailbox',
  },
  {
    app: 'passing',
    scenario: 'exchange-transient-at-open',
    hits: [3],
    first: ['exchange-transient'],
    scope: 'mailbox',
  },
];

function addressOf(app: string, box: number): string {
  const name = BOXES[box]?.normalize('NFKD').replaceAll(/[^a-z']/g, '');
  return `${name}.${app}@${DOMAIN}`;
}

function idOf(app: string, box: number): string {
  return `${app}-${box}`;
}

function werftNord(): { readonly tenant: Tenant; readonly plan: DemoPlan } {
  const tenant = createTenant({ domain: DOMAIN, displayName: 'Werft Nord (simulated)' });
  tenant.tokenLifetimeSeconds = 600;
  const apps = BREAKS.map(({ app }) => {
    const { application, secret } = addApplication(tenant, { displayName: `Werft ${app}` });
    for (const box of ALL) addMailbox(tenant, addressOf(app, box), [application.appId]);
    return {
      id: app,
      appId: application.appId,
      credential: { kind: 'secret', value: secret.value },
      expiresAt: '2099-01-01',
    } as const;
  });
  const watch = BREAKS.flatMap(({ app }) =>
    ALL.map((box) => ({ id: idOf(app, box), address: addressOf(app, box), app })),
  );
  return { tenant, plan: { apps, watch } };
}

let watched: WatchedSandbox;
/** By target, of the change to down. */
const confirmed = new Map<string, readonly Diagnosis[]>();
let whileBroken: readonly Problem[] = [];

/** Tokens have ended, and nobody waits any more because of what was refused. */
const jump = (): void => void vi.setSystemTime(Date.now() + 15 * 60_000);

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true });
  const { tenant, plan } = werftNord();
  watched = await watchSandbox({ tenant }, { plan, interval: '4s' }, onChange);
  await untilSnapshot('everything to be up', ({ targets }) =>
    targets.every((target) => target.confirmed === 'up'),
  );
  watched.sandbox.change((broken) => {
    for (const [at, { app, scenario, hits }] of BREAKS.entries()) {
      const appId = plan.apps[at]?.appId ?? '';
      if (scenario === undefined) continue;
      for (const box of scenarioIsOfMailbox(scenario) ? hits : [0]) {
        scenarioNamed(scenario).apply(broken, { app: appId, mailbox: addressOf(app, box) });
      }
    }
  });
  jump();
  const down = BREAKS.flatMap(({ app, hits, protocols = ['imap', 'pop3'] }) =>
    hits.flatMap((box) => protocols.map((protocol) => `${idOf(app, box)} ${protocol}`)),
  );
  await untilSnapshot('all that broke to be down', () => down.every((key) => confirmed.has(key)));
  whileBroken = watched.daemon.snapshot().problems;
  watched.sandbox.reset();
  jump();
});

afterAll(async () => {
  await watched.close();
  vi.useRealTimers();
});

function onChange({ target, to, probe }: StatusChange): void {
  if (to === 'down') confirmed.set(`${target.mailbox.id} ${target.protocol}`, probe.diagnoses);
}

function scenarioIsOfMailbox(name: string): boolean {
  return /^(?:mailbox|imap-disabled|exchange-transient)/.test(name);
}

async function untilSnapshot(what: string, isSo: (snapshot: Snapshot) => boolean): Promise<void> {
  await until(what, () => (isSo(watched.daemon.snapshot()) ? true : undefined));
}

describe.each(BREAKS.filter(({ scenario }) => scenario !== undefined))('$app: $scenario', (broken) => {
  const { app, scenario = '', hits, protocols = ['imap', 'pop3'], first, scope } = broken;

  test('the first confirmed verdict is true', () => {
    const { cause, lookAlikes } = scenarioNamed(scenario);
    for (const box of hits) {
      for (const protocol of protocols) {
        const causes =
          confirmed.get(`${idOf(app, box)} ${protocol}`)?.map((diagnosis) => diagnosis.cause) ?? [];
        expect(first).toContain(causes[0]);
        expect(causes).toContain(cause);
        expect([cause, ...lookAlikes]).toContain(causes[0]);
      }
    }
  });

  test('its problems count the mailboxes', () => {
    const own = whileBroken
      .filter(({ severity }) => severity === 'critical')
      .filter(({ affectedMailboxes }) => affectedMailboxes.some((id) => id.startsWith(`${app}-`)));
    const ids = hits.map((box) => idOf(app, box));
    expect(own.map(({ cause, scope: of, affectedMailboxes }) => [cause, of, affectedMailboxes])).toEqual(
      scope === 'app' ? [[first[0], scope, ids]] : ids.map((id) => [first[0], scope, [id]]),
    );
  });
});

test('the app that nobody broke has no problem', () => {
  expect([...confirmed.keys()].filter((key) => key.startsWith('healthy-'))).toEqual([]);
});

test('when all is fixed, everything is up again and no problem is left', async () => {
  const left = ({ targets, problems }: Snapshot): readonly string[] => [
    ...problems.filter(({ severity }) => severity !== 'info').map(({ id }) => id),
    ...targets.filter(({ confirmed: state }) => state !== 'up').map(({ target }) => target.mailbox.id),
  ];
  await untilSnapshot('the problems to close', (snapshot) => left(snapshot).length === 0);
  expect(left(watched.daemon.snapshot())).toEqual([]);
});
