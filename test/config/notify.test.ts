import { expect, test } from 'vitest';
import { configText, ENV, loaded, reported } from './workspace.ts';

const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const ALL = `external_url: https://mailprobe.example/
digest: { at: "07:30", timezone: Europe/Berlin }
heartbeat: { url_env: BEAT, interval: 2m }
notify:
  - { id: ops, type: webhook, url: "https://hooks.example/x?y=1", secret_file: hook, severity: warning }
  - { id: am, type: alertmanager, url: "http://alertmanager:9093", token_file: token }
  - { id: mail, type: email, host: smtp.example, from: mailprobe <m@contoso.example>, to: [it@contoso.example], username: x, password_file: pass }
  - { id: xoauth2, type: email, host: smtp.example, tls: implicit, from: m@contoso.example, to: [it@contoso.example], username: m@contoso.example, app: plm }
  - { id: teams, type: teams, url_file: teams, owners: [entra-admin], apps: [plm], labels: { team: quality } }
`;
const FILES = {
  hook: `${KEY}\n${KEY}\n`,
  token: 'a-token',
  pass: 'a-password',
  teams: 'https://prod.example/w?sig=s',
};

test('every channel, the digest and the heartbeat become nouns of the model', async () => {
  const { notify, files } = await loaded(configText(ALL), FILES, { ...ENV, BEAT: 'https://hc.example/1' });
  const name = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  const plain: unknown = JSON.parse(
    JSON.stringify(notify, (key, value: unknown) => (key === 'path' ? name(String(value)) : value)),
  );
  expect(plain).toEqual({
    externalUrl: 'https://mailprobe.example',
    digest: { atMinute: 450, timezone: 'Europe/Berlin' },
    heartbeat: { url: { from: 'env', name: 'BEAT' }, intervalMs: 120_000 },
    channels: [
      {
        id: 'ops',
        type: 'webhook',
        severity: 'warning',
        url: { from: 'text', url: 'https://hooks.example/x?y=1' },
        secret: { from: 'file', path: 'hook' },
      },
      {
        id: 'am',
        type: 'alertmanager',
        url: { from: 'text', url: 'http://alertmanager:9093/' },
        token: { from: 'file', path: 'token' },
      },
      {
        id: 'mail',
        type: 'email',
        host: 'smtp.example',
        port: 587,
        tls: 'starttls',
        from: 'mailprobe <m@contoso.example>',
        to: ['it@contoso.example'],
        login: { kind: 'password', username: 'x', password: { from: 'file', path: 'pass' } },
      },
      {
        id: 'xoauth2',
        type: 'email',
        host: 'smtp.example',
        port: 465,
        tls: 'implicit',
        from: 'm@contoso.example',
        to: ['it@contoso.example'],
        login: { kind: 'app', username: 'm@contoso.example', app: 'plm' },
      },
      {
        id: 'teams',
        type: 'teams',
        owners: ['entra-admin'],
        apps: ['plm'],
        labels: { team: 'quality' },
        url: { from: 'file', path: 'teams' },
      },
    ],
  });
  expect(files.map(name)).toEqual(expect.arrayContaining(['hook', 'token', 'pass', 'teams']));
});

test("without any of it: no channel, and a digest at eight in the system's zone", async () => {
  const { notify } = await loaded(configText());
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  expect(notify).toEqual({
    channels: [],
    digest: { atMinute: 480, timezone: timeZone },
    externalUrl: 'http://127.0.0.1:10993',
  });
});

test.each([
  [
    'a signing key of another form',
    { ...FILES, hook: 'kanary-secret' },
    'mailprobe.yaml:5: notify[0].secret_file: expected "whsec_" and the base64 of 24 to 64 bytes in line 1 of the signing keys, got a text of 13 characters (make one: echo "whsec_$(openssl rand -base64 32)")',
  ],
  [
    'a file that holds no URL',
    { ...FILES, teams: 'kanary-secret' },
    'mailprobe.yaml:9: notify[4].url_file: expected an http or https URL in it, got a text of 13 characters',
  ],
])('%s is refused, without being repeated', async (_, files, message) => {
  expect(await reported(configText(ALL), files, { ...ENV, BEAT: 'https://hc.example/1' })).toEqual([message]);
});
