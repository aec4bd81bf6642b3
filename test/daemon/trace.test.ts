import { afterAll, beforeAll, expect, test } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { createTrace } from '../../src/probe/trace.ts';
import { PATIENT } from '../support/patient.ts';
import { until } from '../support/until.ts';
import { runCommand } from '../support/run-command.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

/** The dialogue of one probe, for whoever asks: by stage, without the token, kept nowhere. */
let watched: WatchedSandbox;

beforeAll(async () => {
  const { tenant, plan } = createDemoTenant();
  watched = await watchSandbox({ tenant }, { plan, ...PATIENT });
});

afterAll(async () => {
  await watched.close();
});

/** A probe that is under way already has no dialogue to show, and another one may be too soon. */
async function debug(
  mailbox: string,
  module: string,
): Promise<{ readonly text: string; readonly cache: string | null }> {
  return await until('a traced probe', async () => {
    const url = `${watched.daemon.url}/probe?target=${mailbox}&module=${module}&debug=true`;
    const response = await fetch(url);
    const text = await response.text();
    return response.ok && text.includes('  C: ')
      ? { text, cache: response.headers.get('cache-control') }
      : undefined;
  });
}

/** A JWT, or base64 that may hold one. */
const SECRET = /eyJ|[A-Za-z0-9+/]{80,}/;

test.each([
  [
    'imap',
    [/^greeting .*\n {2}S: \* OK/m, /C: AUTHENTICATE XOAUTH2/, /C: EXAMINE INBOX\n {2}S: \*/, /C: LOGOUT/],
  ],
  ['pop3', [/^greeting .*\n {2}S: \+OK/m, /C: AUTH XOAUTH2/, /C: STAT\n {2}S: \+OK/, /C: QUIT/]],
] as const)('/probe?debug=true shows the dialogue over %s, and the metrics', async (module, expected) => {
  const { text, cache } = await debug('qms-inbox', module);
  expect(cache).toBe('no-store');
  for (const each of expected) expect(text).toMatch(each);
  expect(text).toMatch(/^probe_success 1$/m);
  expect(text).not.toMatch(SECRET);
});

test('nothing of it is kept: the next answer without debug has the metrics alone', async () => {
  const response = await fetch(`${watched.daemon.url}/probe?target=qms-inbox&module=imap`);
  expect(await response.text()).not.toContain('C: ');
  const api = await fetch(`${watched.daemon.url}/api/v1/mailboxes/qms-inbox`);
  expect(await api.text()).not.toContain('EXAMINE INBOX');
});

test('check --trace prints the verdict and then the dialogue', async () => {
  const args = ['lab', '--protocol', 'imap', '--trace', '--config', watched.configFile];
  const { stdout, exitCode } = await runCommand(check, args);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(/Trace of lab imap/);
  expect(stdout).toMatch(/C: AUTHENTICATE XOAUTH2 \[SASL response\]\n {2}S: /);
  expect(stdout).not.toMatch(SECRET);
});

test('check --trace --format json has it by line', async () => {
  const args = [
    'qms-inbox',
    '--protocol',
    'imap',
    '--trace',
    '--format',
    'json',
    '--config',
    watched.configFile,
  ];
  const { stdout } = await runCommand(check, args);
  const { probes }: { probes: readonly { trace: readonly object[] }[] } = JSON.parse(stdout);
  expect(probes[0]?.trace).toContainEqual({ stage: 'open', from: 'client', text: 'EXAMINE INBOX' });
});

test.each([
  ['--checklist', '--format=json'],
  ['--checklist', '--format=text'],
  ['--from', 'http://127.0.0.1:1'],
])('check --trace %s %s is refused with the reason', async (...args) => {
  await expect(runCommand(check, ['--trace', ...args])).rejects.toThrow(/--trace|--from|--checklist/);
});

test('a trace is bounded, and a SASL response does not get in', () => {
  const trace = createTrace();
  trace.note('client', `AUTH ${'dXNlcj0'.repeat(100)}`);
  for (let line = 0; line < 1000; line += 1) trace.note('server', 'x'.repeat(10_000));
  expect(trace.lines()[0]?.text).toBe('AUTH [base64, 700 characters]');
  expect(trace.lines()).toHaveLength(200);
  expect(Math.max(...trace.lines().map(({ text }) => text.length))).toBeLessThanOrEqual(500);
});
