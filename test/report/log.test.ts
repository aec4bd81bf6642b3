import { expect, test } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import type { Confirmed } from '../../src/model/status.ts';
import { createLogger, logChange, logCredential, logDiscarded, logProbe } from '../../src/report/log.ts';
import { readableLine } from '../../src/report/readable-log.ts';
import type { LogLevel } from '../../src/model/log-level.ts';
import { aDiagnosis, aProbe, aTarget, NOON } from '../support/builders.ts';

const CANARY = 'canary~8Q~0123456789abcdefghijklmnop&<"';

function recording(level: LogLevel = 'debug', isReadable = false) {
  const lines: string[] = [];
  const redactor = createRedactor();
  redactor.add(CANARY);
  const destination = { write: (line: string) => lines.push(line) };
  const format = isReadable ? readableLine : undefined;
  return { lines, logger: createLogger({ level, format, redactor, destination }) };
}

/** A line without its time. */
function parsed(line: string | undefined): unknown {
  const { time, ...fields }: Record<string, unknown> = JSON.parse(line ?? '{}');
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return fields;
}

const target = aTarget({ mailbox: 'sales' });
const failed = aProbe({
  target,
  failed: {
    auth: { kind: 'rejected', code: 'AUTHENTICATIONFAILED', status: 'NO', text: 'AUTHENTICATE failed.' },
  },
  diagnoses: [
    aDiagnosis({ cause: 'mailbox-permission-missing', owner: 'exchange-admin', title: 'No permission' }),
  ],
});
const opened = aProbe({ target });

test('a mailbox that goes down is a warning with ids, stage, code and cause', () => {
  const { lines, logger } = recording('info');
  logChange(logger, { target, from: 'up', to: 'down', at: NOON, probe: failed });
  expect(lines.map(parsed)).toEqual([
    {
      level: 'warn',
      event: 'mailbox_down',
      mailbox: 'sales',
      protocol: 'imap',
      app: 'plm',
      from: 'up',
      to: 'down',
      seconds: 0.5,
      stage: 'auth',
      kind: 'rejected',
      code: 'AUTHENTICATIONFAILED',
      text: 'AUTHENTICATE failed.',
      cause: 'mailbox-permission-missing',
      confidence: 'certain',
      owner: 'exchange-admin',
      msg: 'sales imap is down: No permission',
    },
  ]);
});

test.each<[Confirmed, Confirmed, string, string]>([
  ['unknown', 'up', 'info', 'mailbox_up'],
  ['down', 'up', 'info', 'mailbox_up'],
  ['up', 'unknown', 'warn', 'mailbox_unknown'],
])('from %s to %s is logged at %s as %s', (from, to, level, event) => {
  const { lines, logger } = recording('info');
  logChange(logger, { target, from, to, at: NOON, probe: opened });
  expect(lines.map(parsed)).toEqual([expect.objectContaining({ level, event })]);
});

test('a result that is discarded is a line at debug, and none at info', () => {
  const debug = recording('debug');
  logDiscarded(debug.logger, target, opened.evidence);
  expect(debug.lines.map(parsed)).toEqual([
    {
      level: 'debug',
      event: 'probe_discarded',
      mailbox: 'sales',
      protocol: 'imap',
      app: 'plm',
      seconds: 0.5,
      msg: 'sales imap: the result is discarded',
    },
  ]);
  const info = recording('info');
  logDiscarded(info.logger, target, opened.evidence);
  expect(info.lines).toEqual([]);
});

test('each probe is a line at debug, and none at info', () => {
  const debug = recording('debug');
  logProbe(debug.logger, target, opened);
  expect(debug.lines.map(parsed)).toEqual([
    {
      level: 'debug',
      event: 'probe',
      mailbox: 'sales',
      protocol: 'imap',
      app: 'plm',
      success: true,
      seconds: 0.5,
      msg: 'sales imap: opened',
    },
  ]);
  const info = recording('info');
  logProbe(info.logger, target, failed);
  expect(info.lines).toEqual([]);
});

test.each([
  ['JSON', false],
  ['pretty', true],
])('no secret is in a %s line, wherever it was put', (_, pretty) => {
  const { lines, logger } = recording('debug', pretty);
  const cause = new Error(`cause ${CANARY}`);
  const error = Object.assign(new Error(`message ${CANARY}`, { cause }), { request: { body: CANARY } });
  logger.error({ err: error, deep: { er: { est: [CANARY, { [CANARY]: 1 }] } } }, `and ${CANARY}`);
  logger.child({ bound: CANARY }).warn(Buffer.from(CANARY).toString('base64'));
  logger.info('a token %s', `eyJhbGciOiJub25lIn0.${Buffer.from('{"aud":"x"}').toString('base64url')}.c2ln`);
  const all = lines.join('');
  expect(all).toContain('[redacted]');
  expect(all).not.toMatch(/0123456789|canary|eyJ|MDEyMzQ1/);
  expect(all).toContain('log.test.ts');
});

test('on a terminal a line begins with time and level, and holds the message', () => {
  const { lines, logger } = recording('info', true);
  logChange(logger, { target, from: 'up', to: 'down', at: NOON, probe: failed });
  expect(lines).toHaveLength(1);
  // oxlint-disable-next-line no-control-regex -- colors are control sequences
  expect(lines.join('').replace(/\u001B\[\d+m/g, '')).toMatch(
    /^\[\d\d:\d\d:\d\d\] WARN: sales imap is down: No permission/,
  );
});

test('a credential is logged when it is refused, accepted, or not the registered one, and not at every check', () => {
  const { lines, logger } = recording('info');
  const known = { app: 'plm', kind: 'secret', endDates: [], registered: [], match: 'unknown' } as const;
  const refusal = { kind: 'rejected', code: 'AADSTS7000222', text: 'expired' } as const;
  const accepted = { ...known, valid: true };
  const refused = { ...known, valid: false, refusal };
  logCredential(logger, known, undefined);
  logCredential(logger, accepted, known);
  logCredential(logger, accepted, accepted);
  logCredential(logger, refused, accepted);
  logCredential(logger, { ...refused, previousInUse: true }, refused);
  logCredential(logger, { ...accepted, match: 'none' }, accepted);
  expect(lines.map((line) => parsed(line))).toMatchObject([
    { level: 'info', event: 'credential_accepted', app: 'plm' },
    { level: 'warn', event: 'credential_refused', code: 'AADSTS7000222', previousInUse: false },
    { level: 'warn', event: 'credential_refused', previousInUse: true },
    { level: 'warn', event: 'credential_match', match: 'none' },
  ]);
});
