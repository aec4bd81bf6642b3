import { basename, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLOUD_NAMES, CLOUDS } from '../../src/model/microsoft365.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Endpoint } from '../../src/model/target.ts';
import { configText, ENV, loaded, reported, workspace } from './workspace.ts';
import { files } from '../support/files.ts';

describe('what is remembered', () => {
  test('by default the store is at its usual path, for 400 days, and there is no maintenance', async () => {
    const { store, externalUrl, retentionMs, maintenance } = await loaded(configText());
    expect({ store, externalUrl, retentionMs, maintenance }).toEqual({
      store: undefined,
      externalUrl: 'http://127.0.0.1:10993',
      retentionMs: 400 * 86_400_000,
      maintenance: { plans: [], windows: [] },
    });
  });

  test('the external address loses its trailing slash, the store is unchanged', async () => {
    const written = configText(
      'external_url: https://ops.example/mailprobe/\nstore: data/mp.db\nretention: 90d',
    );
    const { store, externalUrl, retentionMs } = await loaded(written);
    expect({ store, externalUrl, retentionMs }).toEqual({
      store: 'data/mp.db',
      externalUrl: 'https://ops.example/mailprobe',
      retentionMs: 90 * 86_400_000,
    });
  });

  test.each([
    ['10.0.0.5:8080', 'http://10.0.0.5:8080'],
    ['"[2001:db8::1]:8080"', 'http://[2001:db8::1]:8080'],
    ['monitor.example:8080', 'http://monitor.example:8080'],
    ['0.0.0.0:8080', undefined],
    ['"[::]:8080"', undefined],
    ['127.0.0.1:0', undefined],
  ])('without an external address, one who listens at %s is reached at %s', async (listen, externalUrl) => {
    const config = await loaded(configText(`listen: ${listen}`));
    expect([config.externalUrl, config.notify.externalUrl]).toEqual([externalUrl, externalUrl]);
  });

  test('maintenance comes every week, or once', async () => {
    const written = configText(`maintenance:
  - { id: patch-sunday, schedule: "Sun 02:00-04:00", timezone: Europe/Berlin, apps: [plm] }
  - { id: move, from: "2027-03-01T22:00:00+01:00", until: "2027-03-02T02:00:00Z", note: New data center }`);
    expect((await loaded(written)).maintenance).toEqual({
      plans: [
        {
          id: 'patch-sunday',
          schedule: { days: [0], startMinute: 120, endMinute: 240 },
          timezone: 'Europe/Berlin',
          note: '',
          apps: ['plm'],
        },
      ],
      windows: [
        {
          id: 'move',
          from: Date.UTC(2027, 2, 1, 21),
          until: Date.UTC(2027, 2, 2, 2),
          by: 'configuration',
          note: 'New data center',
        },
      ],
    });
  });
});

describe('a setting that is absent has its default', () => {
  test('of the daemon', async () => {
    const { listen, http, concurrency, logLevel } = await loaded(configText());
    expect({ listen, http, concurrency, logLevel }).toEqual({
      listen: { host: '127.0.0.1', port: 10993 },
      http: { public: [], hosts: [] },
      concurrency: {},
      logLevel: 'info',
    });
  });

  test('of an app', async () => {
    const { apps } = await loaded(configText());
    expect(apps).toEqual([
      {
        id: 'plm',
        tenant: '11111111-2222-3333-4444-555555555555',
        clientId: '66666666-7777-8888-9999-000000000000',
        credential: { kind: 'secret', source: { from: 'env', name: 'PLM_SECRET' } },
        cloud: 'global',
        authority: 'https://login.microsoftonline.com',
        graphEndpoint: 'https://graph.microsoft.com',
        scope: 'https://outlook.office365.com/.default',
        provider: 'entra',
        graphScope: 'https://graph.microsoft.com/.default',
        graph: false,
        network: {},
        timeoutMs: 30_000,
        credentialIntervalMs: 3_600_000,
        expiryThresholdDays: [30, 14, 7],
      },
    ]);
  });

  test('of a mailbox, which is one target per protocol', async () => {
    const { mailboxes, targets, apps } = await loaded(configText());
    const mailbox = {
      id: 'inbox',
      address: 'plm@contoso.example',
      app: 'plm',
      labels: {},
      protocols: ['imap', 'pop3'],
    };
    const paced = { intervalMs: 300_000, timeoutMs: 30_000, failureThreshold: 2, successThreshold: 1 };
    const common = { mailbox, app: apps[0], network: {}, ...paced };
    const host = 'outlook.office365.com';
    expect(mailboxes).toEqual([mailbox]);
    expect(targets).toEqual([
      { ...common, protocol: 'imap', endpoint: { host, port: 993, tls: 'implicit' } },
      { ...common, protocol: 'pop3', endpoint: { host, port: 995, tls: 'implicit' } },
    ]);
  });
});

describe('the most specific setting applies: mailbox, app, top level', () => {
  const TOP =
    'defaults: { interval: 10m, timeout: 20s, protocols: [imap], failure_threshold: 3, success_threshold: 4 }';
  test.each([
    { name: 'the top level alone', app: '', mailbox: '', is: [600_000, 20_000, 3, 4] },
    {
      name: 'an app',
      app: 'interval: 7m\n    failure_threshold: 5',
      mailbox: '',
      is: [420_000, 20_000, 5, 4],
    },
    { name: 'a mailbox', app: '', mailbox: 'timeout: 5s, success_threshold: 6', is: [600_000, 5_000, 3, 6] },
    {
      name: 'a mailbox above its app',
      app: 'interval: 7m',
      mailbox: 'interval: 2d',
      is: [172_800_000, 20_000, 3, 4],
    },
    {
      name: 'a duration in milliseconds',
      app: '',
      mailbox: 'interval: 1s, timeout: 500ms',
      is: [1_000, 500, 3, 4],
    },
  ])('$name', async ({ app, mailbox, is }) => {
    const { targets } = await loaded(configText(TOP, app, mailbox));
    expect(
      targets.map((target) => [
        target.intervalMs,
        target.timeoutMs,
        target.failureThreshold,
        target.successThreshold,
      ]),
    ).toEqual([is]);
  });

  test.each([
    { app: '', mailbox: '', is: ['imap'] },
    { app: 'protocols: [pop3]', mailbox: '', is: ['pop3'] },
    { app: 'protocols: [pop3]', mailbox: 'protocols: [pop3, imap]', is: ['pop3', 'imap'] },
  ])('protocols: top [imap], app "$app", mailbox "$mailbox"', async ({ app, mailbox, is }) => {
    const config = await loaded(configText(TOP, app, mailbox));
    expect(config.mailboxes[0]?.protocols).toEqual(is);
    expect(config.targets.map(({ protocol }) => protocol)).toEqual(is);
  });

  test('what only apps have: credential interval, thresholds, timeout of the token leg', async () => {
    const top = 'defaults: { credential_interval: 2h, expiry_thresholds: [7, 60, 7] }';
    const { apps } = await loaded(configText(top));
    expect(apps[0]).toMatchObject({ credentialIntervalMs: 7_200_000, expiryThresholdDays: [60, 7] });
    const own = 'credential_interval: 3h\n    expiry_thresholds: [1]\n    timeout: 9s';
    const closer = await loaded(configText(top, own));
    expect(closer.apps[0]).toMatchObject({
      credentialIntervalMs: 10_800_000,
      expiryThresholdDays: [1],
      timeoutMs: 9_000,
    });
  });

  test.each<{ top: string; app: string; mailbox: string; is: Endpoint }>([
    { top: '', app: '', mailbox: '', is: { host: 'outlook.office365.com', port: 993, tls: 'implicit' } },
    { top: 'imap: { host: top }', app: '', mailbox: '', is: { host: 'top', port: 993, tls: 'implicit' } },
    {
      top: 'imap: { host: top }',
      app: 'imap: { port: 1 }',
      mailbox: '',
      is: { host: 'top', port: 1, tls: 'implicit' },
    },
    {
      top: 'imap: { host: top }',
      app: 'imap: { host: app }',
      mailbox: 'imap: { port: 2 }',
      is: { host: 'app', port: 2, tls: 'implicit' },
    },
    {
      top: '',
      app: 'imap: { tls: starttls }',
      mailbox: '',
      is: { host: 'outlook.office365.com', port: 143, tls: 'starttls' },
    },
    {
      top: '',
      app: 'imap: { tls: starttls, port: 3 }',
      mailbox: '',
      is: { host: 'outlook.office365.com', port: 3, tls: 'starttls' },
    },
    {
      top: 'imap: { port: 4 }',
      app: 'imap: { tls: starttls }',
      mailbox: '',
      is: { host: 'outlook.office365.com', port: 143, tls: 'starttls' },
    },
    {
      top: 'imap: { tls: starttls }',
      app: '',
      mailbox: 'imap: { tls: implicit }',
      is: { host: 'outlook.office365.com', port: 993, tls: 'implicit' },
    },
    {
      top: 'imap: { port: 4 }',
      app: '',
      mailbox: 'imap: { tls: implicit }',
      is: { host: 'outlook.office365.com', port: 4, tls: 'implicit' },
    },
    { top: '', app: '', mailbox: 'imap: { host: "::1" }', is: { host: '::1', port: 993, tls: 'implicit' } },
    {
      top: 'pop3: { host: other }',
      app: '',
      mailbox: '',
      is: { host: 'outlook.office365.com', port: 993, tls: 'implicit' },
    },
  ])('IMAP server: top "$top", app "$app", mailbox "$mailbox"', async ({ top, app, mailbox, is }) => {
    const { targets } = await loaded(configText(top, app, mailbox));
    expect(targets.find(({ protocol }) => protocol === 'imap')?.endpoint).toEqual(is);
  });

  test('POP3 with STLS has port 110', async () => {
    const { targets } = await loaded(configText('pop3: { tls: starttls }', 'protocols: [pop3]'));
    expect(targets[0]?.endpoint).toEqual({ host: 'outlook.office365.com', port: 110, tls: 'starttls' });
  });

  test.each([
    { top: '', app: '', is: undefined },
    { top: 'proxy: http://top.example:3128', app: '', is: 'http://top.example:3128/' },
    { top: 'proxy: http://top.example:3128', app: 'proxy: socks5://app.example', is: 'socks5://app.example' },
    { top: 'proxy: http://top.example:3128', app: 'proxy: none', is: undefined },
    { top: 'proxy: http://top.example:3128', app: 'proxy: null', is: undefined },
    {
      top: 'proxy: https://user:${PLM_SECRET}@top.example',
      app: '',
      is: 'https://user:present@top.example/',
    },
  ])('proxy: top "$top", app "$app"', async ({ top, app, is }) => {
    const { apps, targets } = await loaded(configText(top, app));
    expect(apps[0]?.network.proxy?.href).toBe(is);
    expect(targets[0]?.network).toBe(apps[0]?.network);
  });
});

describe('a cloud sets all hosts', () => {
  test.each(CLOUD_NAMES)('%s', async (cloud) => {
    const { apps, targets } = await loaded(configText('', `cloud: ${cloud}`));
    const { mailHost, authority, graphEndpoint, graphScope, scope } = CLOUDS[cloud];
    expect(apps[0]).toMatchObject({ cloud, authority, graphEndpoint, graphScope, scope });
    expect(targets.map(({ endpoint }) => endpoint.host)).toEqual([mailHost, mailHost]);
  });

  test('each of them is overridden by the top level, and that by the app', async () => {
    const top =
      'authority: https://top.example\ngraph_endpoint: https://graph.top.example/\nscope: https://top.example/.default';
    const china = await loaded(configText(top, 'cloud: china'));
    expect(china.apps[0]).toMatchObject({
      authority: 'https://top.example',
      graphEndpoint: 'https://graph.top.example',
      scope: 'https://top.example/.default',
      graphScope: 'https://microsoftgraph.chinacloudapi.cn/.default',
    });
    const app =
      'authority: https://127.0.0.1:8443\n    graph_endpoint: https://graph.app.example\n    scope: https://app.example/.default';
    const closer = await loaded(configText(top, app));
    expect(closer.apps[0]).toMatchObject({
      authority: 'https://127.0.0.1:8443',
      graphEndpoint: 'https://graph.app.example',
      scope: 'https://app.example/.default',
      graphScope: 'https://graph.microsoft.com/.default',
    });
  });
});

test.each([
  { written: '2027-03-01', is: Date.UTC(2027, 2, 1) },
  { written: '2027-03-01T12:30:00Z', is: Date.UTC(2027, 2, 1, 12, 30) },
  { written: '2027-03-01T12:30:00.5+02:00', is: Date.UTC(2027, 2, 1, 10, 30, 0, 500) },
])('expires_at $written is that moment', async ({ written, is }) => {
  const text = configText().replace(
    '{ secret_env: PLM_SECRET }',
    `{ secret_env: PLM_SECRET, expires_at: ${written} }`,
  );
  const { apps } = await loaded(text);
  expect(apps[0]?.credential.expiresAt).toBe(is);
});

test.each([
  { written: '"[::1]:9000"', is: { host: '::1', port: 9000 } },
  { written: '0.0.0.0:0', is: { host: '0.0.0.0', port: 0 } },
  { written: 'localhost:80', is: { host: 'localhost', port: 80 } },
])('listen $written', async ({ written, is }) => {
  expect((await loaded(configText(`listen: ${written}`))).listen).toEqual(is);
});

describe('mailbox files', () => {
  const top = (entries: string) => configText(`mailbox_files: ${entries}`);
  const one = (id: string) => `- { id: ${id}, address: ${id}@contoso.example, app: plm }\n`;

  test('are found by path and pattern relative to the main file, in order, each once', async () => {
    const { mailboxes, files, folders } = await loaded(
      top('[extra.yaml, "boxes.d/*.yaml", "boxes.d/**/*.yaml", "*.yaml"]'),
      {
        'extra.yaml': one('extra'),
        'boxes.d/b.yaml': `mailboxes:\n  ${one('b')}`,
        'boxes.d/a.yaml': one('a'),
        'boxes.d/deep/c.yaml': one('c'),
        'boxes.d/notes.txt': 'no mailboxes',
        'boxes.d/.a.yaml.swp': 'an editor leaves this',
        'boxes.d/none.yaml': '[]',
      },
    );
    expect(mailboxes.map(({ id }) => id)).toEqual(['inbox', 'extra', 'a', 'b', 'c']);
    const root = files[0]?.slice(0, -'mailprobe.yaml'.length) ?? '';
    expect(files.map((file) => relative(root, file))).toEqual([
      'mailprobe.yaml',
      'extra.yaml',
      'boxes.d/a.yaml',
      'boxes.d/b.yaml',
      'boxes.d/none.yaml',
      'boxes.d/deep/c.yaml',
    ]);
    expect(folders.map((folder) => relative(root, folder))).toEqual(['boxes.d', 'boxes.d', '']);
  });

  test('have their variables replaced, like the main file', async () => {
    const text = '- { id: extra, address: "${NAME}@contoso.example", app: plm }\n';
    const { mailboxes } = await loaded(
      top('[extra.yaml]'),
      { 'extra.yaml': text },
      { ...ENV, NAME: 'sales' },
    );
    expect(mailboxes[1]?.address).toBe('sales@contoso.example');
  });
});

test('all errors are reported at once, each in its file, sorted by file and line', async () => {
  const text = `
interval: 5m
defaults: { timeout: 10m }
apps:
  - id: plm
    tenant: common
    client_id: \${CLIENT_ID}
    credential: { secret_env: ABSENT_SECRET }
  - id: qms
    tenant: contoso.example
    client_id: 66666666-7777-8888-9999-000000000000
    credential: { secret_env: ABSENT_SECRET }
mailboxes:
  - { id: inbox, address: inbox, app: plm }
  - { id: inbox, address: other@contoso.example, app: qns }
mailbox_files: ["*.d/*.yaml", absent.yaml]
tls: { ca_file: absent.pem }
`;
  const problems = await reported(text, {
    'boxes.d/a.yaml': '- id: x y\n  adress: a@contoso.example\n  app: plm\n',
  });
  expect(problems.join('\n')).toMatchInlineSnapshot(`
    "mailprobe.yaml:2: interval: this key is not known here (it belongs one level deeper: defaults: { interval: ... })
    mailprobe.yaml:3: defaults.timeout: expected a timeout shorter than the interval, got timeout 600s and interval 300s
    mailprobe.yaml:6: apps[0].tenant: expected the tenant itself, got "common", which works for signed-in users only (take the Directory (tenant) ID from the Overview page of the app registration)
    mailprobe.yaml:7: apps[0].client_id: the environment variable CLIENT_ID is not set
    mailprobe.yaml:12: apps[1].credential.secret_env: cannot use the environment variable ABSENT_SECRET: it is not set
    mailprobe.yaml:14: mailboxes[0].address: expected an address such as quality@contoso.example, got "inbox"
    mailprobe.yaml:15: mailboxes[1].id: expected a unique id, got "inbox", which the mailbox at mailprobe.yaml:14 already has
    mailprobe.yaml:15: mailboxes[1].app: expected the id of an app under apps, got "qns" (did you mean "qms"?)
    mailprobe.yaml:16: mailbox_files[1]: cannot read absent.yaml: there is no such file
    mailprobe.yaml:17: tls.ca_file: cannot read absent.pem: there is no such file
    boxes.d/a.yaml:1: [0].id: expected the id of a mailbox: letters, digits, ".", "_" and "-", at most 100, a letter or digit first, got "x y"
    boxes.d/a.yaml:2: [0].adress: this key is not known (did you mean "address"?)"
  `);
});

test('mailboxes of one address and app are fine where their protocols differ', async () => {
  const text = configText('', '', 'protocols: [imap]');
  const more = '  - { id: pop, address: PLM@contoso.example, app: plm, protocols: [pop3] }\n';
  const { targets } = await loaded(`${text}${more}`);
  expect(targets.map(({ mailbox, protocol }) => `${mailbox.id} ${protocol}`)).toEqual([
    'inbox imap',
    'pop pop3',
  ]);
});

test('mailboxes of one address and app are fine at different hosts and ports', async () => {
  const at = (id: string, endpoint: string): string =>
    `  - { id: ${id}, address: plm@contoso.example, app: plm, protocols: [imap], imap: ${endpoint} }\n`;
  const more = at('old', '{ host: mail.contoso.example }') + at('test', '{ port: 1993 }');
  const { targets } = await loaded(`${configText('', '', 'protocols: [imap]')}${more}`);
  expect(targets.map(({ mailbox }) => mailbox.id)).toEqual(['inbox', 'old', 'test']);
});

test('ten thousand mailboxes in block style are loaded, with shared network and app', async () => {
  const many = Array.from(
    { length: 10_000 },
    (_, at) => `  - id: m${at}\n    address: m${at}@contoso.example\n    app: plm\n`,
  );
  const { mailboxes, targets } = await loaded(`${configText()}${many.join('')}`);
  expect([mailboxes.length, targets.length]).toEqual([10_001, 20_002]);
  expect(new Set(targets.map(({ app }) => app)).size).toBe(1);
});

test('files with errors are named as read, too, so that the correction is noticed', async () => {
  const folder = await workspace({
    'mailprobe.yaml': configText('mailbox_files: [more.yaml]'),
    'more.yaml': 'x: [',
  });
  const result = await loadConfig(join(folder, 'mailprobe.yaml'), { env: ENV, files });
  expect(result.ok ? [] : result.files.map((file) => basename(file))).toEqual([
    'mailprobe.yaml',
    'more.yaml',
  ]);
});
