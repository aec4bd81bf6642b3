import { describe, expect, test } from 'vitest';
import { renderNagios, renderNagiosUnknown } from '../../src/commands/check-nagios.ts';
import {
  exitCodeOf,
  type CheckedTarget,
  type CheckResult,
  type ShownDiagnosis,
} from '../../src/commands/check-result.ts';

const EXPIRED: ShownDiagnosis = {
  cause: 'secret-expired',
  confidence: 'certain',
  scope: 'app',
  subject: 'plm',
  owner: 'entra-admin',
  severity: 'critical',
  title: 'The client secret of app plm has expired.',
  evidence: [],
  fix: [],
  lookAlikes: [],
  references: [],
};
const EXPIRING: ShownDiagnosis = {
  ...EXPIRED,
  cause: 'secret-expiring',
  severity: 'warning',
  title: 'The client secret of app plm is about to end.',
};

function target(mailbox: string, more: Partial<CheckedTarget> = {}): CheckedTarget {
  const address = `${mailbox}@contoso.example`;
  return { mailbox, address, protocol: 'imap', app: 'plm', state: 'open', diagnoses: [], json: {}, ...more };
}

function result(targets: readonly CheckedTarget[], daysLeft?: number): CheckResult {
  return { targets, credentials: daysLeft === undefined ? [] : [{ app: 'plm', daysLeft }] };
}

const down = { state: 'down', diagnoses: [EXPIRED] } as const;

test('all is well: one line that says so, perfdata', () => {
  expect(renderNagios(result([target('qms', { seconds: 0.25, messages: 3 })], 90), {})).toBe(
    'MAILPROBE OK - The mailbox opens.\n' +
      "qms imap open | mailboxes=1;;;0 open=1;;;0;1 down=0;;;0;1 unknown=0;;;0;1 'plm_days_left'=90;; " +
      "'qms_imap_seconds'=0.250s;;;0 'qms_imap_messages'=3;;;0\n",
  );
});

describe('exit codes', () => {
  test.each([
    { name: 'everything opens', given: result([target('a')]), thresholds: {}, code: 0 },
    { name: 'a warning', given: result([target('a', { diagnoses: [EXPIRING] })]), thresholds: {}, code: 1 },
    { name: 'one is down', given: result([target('a'), target('b', down)]), thresholds: {}, code: 2 },
    { name: 'nothing is known', given: result([target('a', { state: 'unknown' })]), thresholds: {}, code: 3 },
    {
      name: 'down weighs more than unknown',
      given: result([target('a', { state: 'unknown' }), target('b', down)]),
      thresholds: {},
      code: 2,
    },
    {
      name: 'a credential ends within --warning',
      given: result([target('a')], 13),
      thresholds: { warningDays: 14, criticalDays: 7 },
      code: 1,
    },
    {
      name: 'a credential ends within --critical',
      given: result([target('a')], 6),
      thresholds: { warningDays: 14, criticalDays: 7 },
      code: 2,
    },
    {
      name: 'a credential ends exactly at --warning',
      given: result([target('a')], 14),
      thresholds: { warningDays: 14 },
      code: 0,
    },
    {
      name: '--warning decides in place of expiry_thresholds',
      given: result([target('a', { diagnoses: [EXPIRING] })], 25),
      thresholds: { warningDays: 14 },
      code: 0,
    },
  ])('$name: $code', ({ given, thresholds, code }) => {
    expect(exitCodeOf(given, thresholds)).toBe(code);
  });
});

describe('bounded, however many mailboxes there are', () => {
  const many = Array.from({ length: 2_000 }, (_, at) =>
    target(`mailbox-number-${at}`, at % 3 === 0 ? { ...down, seconds: 1 } : { seconds: 1, messages: at }),
  );

  test.each([1, 5, 30, 60, 100, 2_000])(
    '%i mailboxes: under 4 kB, the first line under 200 characters',
    (count) => {
      const text = renderNagios(result(many.slice(0, count), 5), { warningDays: 30, criticalDays: 7 });
      expect(Buffer.byteLength(text)).toBeLessThan(4_096);
      expect(text.split('\n')[0]?.length).toBeLessThan(200);
      expect(text).toContain("'plm_days_left'=5;30:;7:");
      expect(text.match(/\|/g)).toHaveLength(1);
    },
  );

  test('a title of any length, with bars and line ends', () => {
    const title = `x|y\n${'ä€'.repeat(500)}`;
    const wide = Array.from({ length: 50 }, (_, at) =>
      target(`m${at}`, { state: 'down', diagnoses: [{ ...EXPIRED, title }] }),
    );
    const text = renderNagios(result(wide), {});
    expect(Buffer.byteLength(text)).toBeLessThan(4_096);
    expect(text.split('\n')[0]?.length).toBeLessThan(200);
    expect(text.match(/\|/g)).toHaveLength(1);
  });

  test('what is left out is counted, and is the least of it', () => {
    const text = renderNagios(result(many), {});
    const lines = text.split('\n').slice(1);
    expect(lines[0]).toContain('down: The client secret');
    expect(text).toMatch(/^and \d+ more \| /m);
  });

  test('the series of single mailboxes stand there for all or for none', () => {
    expect(renderNagios(result(many.slice(0, 15)), {}).match(/_seconds'/g)).toHaveLength(15);
    expect(renderNagios(result(many), {})).not.toContain('_seconds');
  });
});

test('a reason of any length is one line', () => {
  const text = renderNagiosUnknown(`mailprobe.yaml:1: ${'no | such\n'.repeat(100)}`);
  expect(text).toMatch(/^MAILPROBE UNKNOWN - mailprobe\.yaml:1: no \/ such no [^\n]+\n$/);
  expect(text.length).toBeLessThan(201);
});
