/** `check --from`: what a running daemon says, without a login of its own; and UNKNOWN whatever is wrong. */
import { createServer, type Server } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { PATIENT } from '../support/patient.ts';
import { portOf } from '../support/port-of.ts';
import { probeNow } from '../support/probe-now.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

let watched: WatchedSandbox;

beforeAll(async () => {
  const { tenant, plan } = createDemoTenant();
  watched = await watchSandbox({ tenant }, { plan, ...PATIENT, failureThreshold: 1 });
  await until('all mailboxes but the throttled one to be known', () =>
    watched.daemon
      .snapshot()
      .targets.every(({ confirmed, target }) => confirmed !== 'unknown' || target.mailbox.id === 'support')
      ? true
      : undefined,
  );
  // A first verdict depends on which neighbors were probed before it. The second one knows them all.
  for (const { id } of plan.watch) await probeNow(watched.daemon, id);
});
afterAll(async () => {
  await watched.close();
});

async function ask(...args: readonly string[]) {
  return await runCommand(check, [...args, '--from', watched.daemon.url]);
}

test('the verdict of a mailbox, with exit code 2, and no login for it', async () => {
  const { exitCode, stdout } = await ask('suppliers', '--format', 'nagios');
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(
    /^MAILPROBE CRITICAL - The mailbox is down: 1 cause\. The client secret of app suppliers has expired\.\n/,
  );
  expect(stdout).toMatch(/'suppliers_imap_seconds'=\d/);
});

test('days left of the credential as perfdata, by the thresholds', async () => {
  const { exitCode, stdout } = await ask('archive', '--format', 'nagios', '-w', '30', '-c', '7');
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(
    /^MAILPROBE CRITICAL - The mailbox opens, 1 warning\. The credential of app archive ends in \d days\.\n/,
  );
  expect(stdout).toMatch(/'archive_days_left'=\d;30:;7:/);
});

test('all mailboxes for people: the summary first and last, each cause in full once', async () => {
  const { exitCode, stdout } = await ask();
  expect(exitCode).toBe(2);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^\d+ of 15 mailboxes down: \d causes/);
  expect(lines.at(-1)).toBe(lines[0]);
  expect(stdout.match(/The client secret of app suppliers has expired\./g)).toHaveLength(1);
  expect(lines.length).toBeLessThan(260);
});

test('JSON in the form of a probe', async () => {
  const { stdout } = await ask('qms-inbox', '--protocol', 'imap', '--format', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    probes: [{ mailbox: 'qms-inbox', protocol: 'imap', app: 'plm', ok: true, seconds: expect.any(Number) }],
  });
});

describe('whatever is wrong is a line of a plugin on standard output, UNKNOWN, exit code 3', () => {
  let server: Server;
  let url: string;
  let answer = { status: 200, body: '<html>' };

  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.writeHead(answer.status, { location: 'http://127.0.0.1:1/' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${portOf(server)}`;
  });
  afterAll(() => server.close());

  test.each([
    { name: 'another server', given: { status: 200, body: '<html>' }, says: 'is not a mailprobe daemon' },
    { name: 'JSON of something else', given: { status: 200, body: '{}' }, says: 'is not a mailprobe daemon' },
    { name: 'a redirect, which is not followed', given: { status: 302, body: '' }, says: 'answers 302' },
    { name: 'a token is asked for', given: { status: 401, body: '{}' }, says: 'with --token-file' },
    {
      name: 'another program',
      given: { status: 404, body: '' },
      says: 'answers 404; is that the address of',
    },
    { name: 'a fault', given: { status: 503, body: '{"detail":"starting"}' }, says: 'answers 503: starting' },
  ])('$name', async ({ given, says }) => {
    answer = given;
    const { exitCode, stdout } = await runCommand(check, ['--from', url, '--format', 'nagios']);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^MAILPROBE UNKNOWN - [^\n]+\n$/);
    expect(stdout).toContain(says);
  });

  test('https to a port without TLS', async () => {
    const { stdout } = await runCommand(check, [
      '--from',
      url.replace('http:', 'https:'),
      '--format',
      'nagios',
    ]);
    expect(stdout).toMatch(/^MAILPROBE UNKNOWN - cannot ask [^\n]+ \(EPROTO\); it does not speak TLS there/);
  });

  test.each([
    { name: 'no daemon there', args: ['--from', 'http://127.0.0.1:1'], says: 'no daemon listens at' },
    { name: 'a URL that is none', args: ['--from', 'daemon'], says: '--from expects an http or https URL' },
    { name: 'a secret in the URL', args: ['--from', 'http://u:hunter2@h'], says: '--from expects' },
    { name: 'an unknown option', args: ['--fron', 'x'], says: 'Did you mean --from?' },
    { name: 'no configuration', args: ['--config', '/nowhere.yaml'], says: '/nowhere.yaml:1: cannot read' },
    { name: 'thresholds in the wrong order', args: ['-w', '7', '-c', '14'], says: 'fewer days' },
    {
      name: 'no token file',
      args: ['--from', 'http://h', '--token-file', '/nowhere'],
      says: 'cannot read the token',
    },
  ])('$name', async ({ args, says }) => {
    const { exitCode, stdout } = await runCommand(check, ['--format', 'nagios', ...args]);
    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^MAILPROBE UNKNOWN - [^\n]+\n$/);
    expect(stdout).toContain(says);
    expect(stdout).not.toContain('hunter2');
  });

  test('a mailbox that the daemon does not know', async () => {
    const { exitCode, stdout } = await ask('nobody', '--format', 'nagios');
    expect([exitCode, stdout]).toEqual([3, expect.stringContaining('No mailbox has the id "nobody"')]);
  });
});

test('the token goes out as a bearer token, and into no output', async () => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(401).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const file = join(watched.directory, 'token');
  await writeFile(file, 'canary-token-value\n');
  const url = `http://127.0.0.1:${portOf(server)}`;
  const { stdout, stderr } = await runCommand(check, ['--from', url, '--token-file', file]);
  server.close();
  expect(seen).toEqual(['Bearer canary-token-value']);
  expect(stderr).toContain('does not accept the token');
  expect(stdout + stderr).not.toContain('canary-token-value');
});
