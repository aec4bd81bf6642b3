import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { ALERTMANAGER_FILE } from './rules.ts';
import { WAIT_MS } from '../support/limits.ts';

const HAS_AMTOOL = spawnSync('amtool', ['--version'], { timeout: WAIT_MS }).error === undefined;

function amtool(...args: readonly string[]): string {
  return execFileSync('amtool', [...args], { encoding: 'utf8', timeout: WAIT_MS, stdio: 'pipe' }).trim();
}

test('amtool is there, where nothing may be skipped', () => {
  expect(
    !HAS_AMTOOL && process.env.CI !== undefined,
    'amtool is missing: install prometheus-alertmanager',
  ).toBe(false);
});

describe.skipIf(!HAS_AMTOOL)("the example of Alertmanager's configuration", () => {
  test('is valid', () => {
    expect(amtool('check-config', ALERTMANAGER_FILE)).toContain('SUCCESS');
  });

  test.each([
    [
      'an expired secret',
      'entra-admins',
      { alertname: 'MailprobeAppProblem', owner: 'entra-admin', severity: 'critical' },
    ],
    [
      'a mailbox without permission',
      'exchange-admins',
      { alertname: 'MailprobeMailboxProblem', owner: 'exchange-admin', severity: 'critical' },
    ],
    [
      'a host behind TLS inspection',
      'network-admins',
      { alertname: 'MailprobeEndpointProblem', owner: 'network-admin', severity: 'critical' },
    ],
    [
      'a mailbox that is down for no known cause',
      'operators',
      { alertname: 'MailprobeMailboxDown', owner: 'operator', severity: 'critical' },
    ],
    [
      "a fault of Microsoft's",
      'operators',
      { alertname: 'MailprobeThrottled', owner: 'microsoft', severity: 'warning' },
    ],
    [
      'an absent daemon',
      'operators',
      { alertname: 'MailprobeAbsent', owner: 'operator', severity: 'critical' },
    ],
    [
      'a secret that ends in a week',
      'entra-admins',
      { alertname: 'MailprobeCredentialExpiring', owner: 'entra-admin', severity: 'critical' },
    ],
    [
      'a secret that ends in a month',
      'daily-business',
      { alertname: 'MailprobeCredentialExpiring', owner: 'entra-admin', severity: 'info' },
    ],
    [
      'a finding that is only worth knowing',
      'daily-business',
      { alertname: 'MailprobeAppProblem', owner: 'operator', severity: 'info' },
    ],
    ["somebody else's alert", 'operators', { alertname: 'DiskFull' }],
  ])('%s goes to the %s', (_, receiver, labels) => {
    const given = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    expect(amtool('config', 'routes', 'test', `--config.file=${ALERTMANAGER_FILE}`, ...given)).toBe(receiver);
  });
});
