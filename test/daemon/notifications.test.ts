/**
 * The daemon with every type of channel and a heartbeat, over real sockets: where its messages link to, and that no
 * secret of a channel is in a message, a log line or an answer of the daemon, whatever the receivers echo.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatErrors } from '../../src/config/config-error.ts';
import { createDaemon } from '../../src/daemon.ts';
import type { Incident } from '../../src/model/incident.ts';
import { NO_CHANGES } from '../../src/model/memory.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { GATHER_MS, rowsFor } from '../../src/notify/policy.ts';
import { inMemory } from '../../src/open-store.ts';
import { createLogger } from '../../src/report/log.ts';
import { incidentSchema } from '../../src/report/resource/incident.ts';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { configText, workspace } from '../config/workspace.ts';
import { anIncident } from '../report/past-source.ts';
import { aDiagnosis } from '../support/builders.ts';
import { files } from '../support/files.ts';
import { freePorts } from '../support/free-ports.ts';
import { portOf } from '../support/port-of.ts';
import { until } from '../support/until.ts';

const KEY = Buffer.from('canary-signing-key-3f9a61c2e8b7').toString('base64');
const SECRETS = {
  'signing key': KEY,
  'bearer token': 'canary-bearer-81d0c4f7',
  password: 'canary-password-5e2b90a6',
  'signature in the Teams URL': 'cT9x41mZ7k',
  'id in the heartbeat URL': 'bE7w20rQ5p',
};
const CHANNELS = ['ops', 'alerts', 'mail', 'team'];
const MAIL_USER = 'mailprobe';

interface Receivers {
  readonly http: string;
  readonly smtpPort: number;
  readonly ca: string;
  /** Headers and body of what each channel received, in order. */
  readonly messages: (channel: string) => readonly string[];
  /** From now on messages are refused, with an echo of all that came. */
  isRefusing: boolean;
}

async function startReceivers(): Promise<Receivers> {
  const received: { readonly channel: string; readonly text: string }[] = [];
  const state = { isRefusing: false };
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const echo = `${url} ${JSON.stringify(headers)}`;
      if (url.startsWith('/beat/')) {
        return response.writeHead(404).end(`no check ${echo}`);
      }
      const channel = url.startsWith('/ops') ? 'ops' : url.startsWith('/team') ? 'team' : 'alerts';
      const { authorization: _, ...others } = headers;
      received.push({ channel, text: `${JSON.stringify(others)}\n${body}` });
      return response.writeHead(state.isRefusing ? 400 : 200).end(state.isRefusing ? echo : 'OK');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());

  const authority = await createCertificateAuthority('Test Root');
  const smtp = new SMTPServer({
    ...(await authority.issue({ commonName: 'localhost', names: ['localhost'] })),
    onAuth: ({ username = '', password = '' }, _session, done) => {
      if (password === SECRETS.password && !state.isRefusing) done(null, { user: username });
      else done(new Error(`${username} must not log in with ${password}`));
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString().replaceAll('=\r\n', '').replaceAll('=3D', '=');
        received.push({ channel: 'mail', text });
        done(null);
      });
    },
    closeTimeout: 100,
  });
  smtp.on('error', () => undefined);
  await new Promise<void>((resolve) => smtp.listen(0, 'localhost', resolve));
  onTestFinished(async () => await new Promise<void>((resolve) => smtp.close(() => resolve())));
  const address = smtp.server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return Object.assign(state, {
    http: `http://127.0.0.1:${portOf(server)}`,
    smtpPort: address.port,
    ca: authority.cert,
    messages: (channel: string) => received.filter((one) => one.channel === channel).map(({ text }) => text),
  });
}

function configOf({ http, smtpPort }: Receivers, url: string): string {
  return configText(`
listen: "${new URL(url).host}"
external_url: "${url}"
log: { level: debug }
authority: https://127.0.0.1:1
imap: { host: 127.0.0.1, port: 1 }
pop3: { host: 127.0.0.1, port: 1 }
tls: { ca_file: ca.pem }
heartbeat: { url_file: beat }
notify:
  - { id: ops, type: webhook, url: "${http}/ops", secret_file: key }
  - { id: alerts, type: alertmanager, url: "${http}", token_file: token }
  - { id: team, type: teams, url_file: team }
  - { id: mail, type: email, host: localhost, port: ${smtpPort}, from: mailprobe@contoso.example,
      to: [it@contoso.example], username: ${MAIL_USER}, password_file: password }`);
}

/** A daemon; `announce` has an incident told that opened two minutes ago, so that it gathers no more. */
async function start(receivers: Receivers) {
  const [port] = await freePorts(1);
  const folder = await workspace({
    'mailprobe.yaml': configOf(receivers, `http://127.0.0.1:${port}`),
    'ca.pem': receivers.ca,
    key: `whsec_${SECRETS['signing key']}\n`,
    token: SECRETS['bearer token'],
    password: SECRETS.password,
    team: `${receivers.http}/team/invoke?sig=${SECRETS['signature in the Teams URL']}`,
    beat: `${receivers.http}/beat/${SECRETS['id in the heartbeat URL']}`,
  });
  const configFile = join(folder, 'mailprobe.yaml');
  const env = { PLM_SECRET: 'present' };
  const loaded = await loadConfig(configFile, { env, files });
  if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
  const log: string[] = [];
  const redactor = createRedactor();
  const destination = { write: (line: string) => log.push(line) };
  const logger = createLogger({ level: 'debug', redactor, destination });
  const opened = inMemory();
  const daemon = await createDaemon(loaded.config, { configFile, env, files, logger, redactor, opened });
  onTestFinished(async () => await daemon.close());
  const announce = async (changes: Partial<Incident>): Promise<void> => {
    const at = Date.now() - 2 * GATHER_MS;
    const incident = anIncident({ opened: at, affectedMailboxes: [{ id: 'inbox', since: at }], ...changes });
    const outbox = rowsFor([{ kind: 'opened', at, incident }], loaded.config.notify, () => undefined);
    await opened.store.save({ ...NO_CHANGES, incidents: [incident], outbox });
  };
  const turnTo = async (authority: string): Promise<void> =>
    await writeFile(
      configFile,
      (await readFile(configFile, 'utf8')).replace('https://127.0.0.1:1', authority),
    );
  return { daemon, log, announce, turnTo };
}

const id = (number: number): string => `019ac000-0000-7000-8000-${String(number).padStart(12, '0')}`;

test('the link of every message leads to the page of its incident', async () => {
  const receivers = await startReceivers();
  const { daemon, announce } = await start(receivers);
  await announce({ id: id(1), title: 'The client secret of app plm has expired' });
  for (const channel of CHANNELS) {
    const [message = ''] = await until(`a message through ${channel}`, () => {
      const messages = receivers.messages(channel);
      return messages.length > 0 ? messages : undefined;
    });
    const links = message.match(/http:\/\/[\d.:]+\/incidents\/[\w-]+/g) ?? [];
    expect([channel, ...new Set(links)]).toEqual([channel, `${daemon.url}/incidents/${id(1)}`]);
    const answer = await fetch(links[0] ?? '');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await answer.text()).toContain('The client secret of app plm has expired');
  }
});

/** Plain, and as it stands in a URL, in a header of HTTP and in SMTP's AUTH PLAIN. */
function formsOf(secret: string): readonly string[] {
  const inPlain = Buffer.from(`\0${MAIL_USER}\0${secret}`).toString('base64');
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), inPlain];
}

function leaksIn(texts: readonly string[]): readonly string[] {
  const all = texts.join('\n');
  return Object.entries(SECRETS).flatMap(([name, secret]) =>
    formsOf(secret).some((form) => all.includes(form)) ? [name] : [],
  );
}

test('no secret of a channel is in a message, a log line or an answer, whatever receivers echo', async () => {
  const receivers = await startReceivers();
  const { daemon, log, announce } = await start(receivers);
  const count = (number: number) => () =>
    CHANNELS.every((channel) => receivers.messages(channel).length >= number) || undefined;
  await announce({ id: id(1) });
  await until('a message through every channel', count(1));
  await until('the heartbeat in the log', () => /heartbeat_failed/.test(log.join('')) || undefined);

  // As if a mail server had echoed them all.
  const evidence = Object.values(SECRETS).map((secret) => `The server said: ${secret}`);
  const fix = evidence.map((text) => ({ text }));
  await announce({ id: id(2), diagnosis: aDiagnosis({ evidence, fix }) });
  await until('a second message through every channel', count(2));

  receivers.isRefusing = true;
  await announce({ id: id(3) });
  const failed = (channel: string): boolean =>
    log.some((line) => line.includes(`"channel":"${channel}"`) && /"outcome":"(?:failed|retry)"/.test(line));
  await until('every channel to fail', () => CHANNELS.every(failed) || undefined);

  const paths = ['/', '/metrics', '/api/v1/incidents', ...[1, 2, 3].map((one) => `/incidents/${id(one)}`)];
  const answers = await Promise.all(
    paths.map(async (path) => await (await fetch(`${daemon.url}${path}`)).text()),
  );
  const messages = CHANNELS.flatMap((channel) => receivers.messages(channel));
  for (const channel of CHANNELS)
    expect(receivers.messages(channel)[1]).toContain('The server said: [redacted]');
  expect(log.join('')).toMatch(/HTTP 400: .*\[redacted\]/);
  expect({ messages: leaksIn(messages), log: leaksIn(log), answers: leaksIn(answers) }).toEqual({
    messages: [],
    log: [],
    answers: [],
  });
});

test('a channel that refuses is a problem, a metric and stands on the incident, until it works again', async () => {
  const receivers = await startReceivers();
  const { daemon, announce } = await start(receivers);
  const refused = () => daemon.snapshot().problems.find(({ cause }) => cause === 'notification-failing');
  const samples = async (): Promise<string> => await (await fetch(`${daemon.url}/metrics`)).text();
  const count = async (outcome: string): Promise<number> => {
    const sample = new RegExp(
      `^mailprobe_notifications_total\\{channel="ops",outcome="${outcome}"\\} (\\d+)`,
      'm',
    );
    return Number(sample.exec(await samples())?.[1]);
  };
  const deliveries = async (incident: string) => {
    const answer = await fetch(`${daemon.url}/api/v1/incidents/${incident}`);
    return incidentSchema.parse(await answer.json()).deliveries;
  };
  expect([await count('sent'), await count('failed')]).toEqual([0, 0]);

  receivers.isRefusing = true;
  await announce({ id: id(1) });
  const problem = await until('the problem', () => {
    const found = refused();
    return found?.evidence.join('\n').includes('channel ops: HTTP 400') === true ? found : undefined;
  });
  expect(problem).toMatchObject({ scope: 'prober', confidence: 'certain' });
  expect(await count('failed')).toBe(1);
  expect(await samples()).toMatch(
    /^mailprobe_problem_since_timestamp_seconds\{[^}]*cause="notification-failing"/m,
  );
  await until(
    'the failed delivery on the incident',
    async () =>
      (await deliveries(id(1))).some((one) => one.channel === 'ops' && one.outcome === 'failed') || undefined,
  );

  receivers.isRefusing = false;
  await announce({ id: id(2) });
  await until('a message through every channel', () => (refused() === undefined ? true : undefined));
  expect(await count('sent')).toBe(1);
  const sent = (await deliveries(id(2))).filter(({ outcome }) => outcome === 'sent');
  expect(sent).toContainEqual(expect.objectContaining({ channel: 'ops', message: 'opened' }));
});

test('a reload that turns from the sandbox to a tenant ends SIMULATED', async () => {
  const receivers = await startReceivers();
  const { daemon, announce, turnTo } = await start(receivers);
  await announce({ id: id(1) });
  const ops = (at: number) => until(`message ${at}`, () => receivers.messages('ops')[at]);
  expect(await ops(0)).toContain('SIMULATED');
  await turnTo('https://login.invalid');
  expect(await daemon.reload()).toBe(true);
  await announce({ id: id(2) });
  expect(await ops(1)).not.toContain('SIMULATED');
});
