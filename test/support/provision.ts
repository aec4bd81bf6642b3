/**
 * Runs once before the tests: makes sure that the real servers they talk to are installed. On Debian as root it
 * installs what is missing; elsewhere it says loudly what will be skipped; with CI set it fails instead.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What a test may ask for, the file that shows it is there, and the Debian packages that bring it. */
export const REAL_SERVERS = {
  dovecot: { file: '/usr/sbin/dovecot', packages: ['dovecot-imapd', 'dovecot-pop3d'] },
  prometheus: { file: '/usr/bin/prometheus', packages: ['prometheus'] },
  alertmanager: { file: '/usr/bin/prometheus-alertmanager', packages: ['prometheus-alertmanager'] },
  systemd: { file: '/usr/bin/systemd-analyze', packages: ['systemd'] },
  chromium: { file: '/usr/bin/chromium', packages: ['chromium'] },
} as const;

export type RealServer = keyof typeof REAL_SERVERS;

const SERVERS: readonly RealServer[] = ['dovecot', 'prometheus', 'alertmanager', 'systemd', 'chromium'];

export function isInstalled(server: RealServer): boolean {
  return existsSync(REAL_SERVERS[server].file);
}

export function setup(): void {
  let missing = SERVERS.filter((server) => !isInstalled(server));
  if (missing.length > 0 && canInstall()) {
    install(missing.flatMap((server) => [...REAL_SERVERS[server].packages]));
    missing = missing.filter((server) => !isInstalled(server));
  }
  if (missing.length === 0) return;
  const packages = missing.flatMap((server) => REAL_SERVERS[server].packages).join(' ');
  const message = `Not installed: ${missing.join(', ')} (Debian packages: ${packages}).`;
  if (process.env.CI) throw new Error(`${message} In CI nothing may be skipped.`);
  process.stderr.write(`\n*** ${message}\n*** The tests against these real servers are SKIPPED.\n\n`);
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

function install(packages: readonly string[]): void {
  process.stderr.write(`Installing ${packages.join(' ')} for the tests against real servers ...\n`);
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args: readonly string[]): void => {
    execFileSync('apt-get', args, {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 600_000,
    });
  };
  try {
    run(['update', '-qq']);
    run(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  } catch {
    process.stderr.write('apt-get could not install them.\n');
  }
}
