/**
 * Runs once before the tests: makes sure that the real servers they talk to are installed. On Debian as root it
 * installs what is missing; elsewhere it says loudly what will be skipped; with CI set it fails instead.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a test may ask for, the file that shows it is there, and the Debian packages that bring it. */
export const REAL_SERVERS = {
  dovecot: { file: '/usr/sbin/dovecot', packages: ['dovecot-imapd', 'dovecot-pop3d'] },
  prometheus: { file: '/usr/bin/prometheus', packages: ['prometheus'] },
  alertmanager: { file: '/usr/bin/prometheus-alertmanager', packages: ['prometheus-alertmanager'] },
  mailClients: {
    // The last of them.
    file: '/usr/bin/offlineimap',
    packages: [
      'curl',
      'isync',
      // XOAUTH2 for mbsync.
      'libsasl2-modules-kdexoauth2',
      'mpop',
      'getmail6',
      'fetchmail',
      'libmail-imapclient-perl',
      'libio-socket-ssl-perl',
      'offlineimap3',
    ],
  },
  systemd: { file: '/usr/bin/systemd-analyze', packages: ['systemd'] },
  /** Its programs are in a folder that is named after its version: see `postgres.ts`. */
  postgresql: { file: '/usr/lib/postgresql', packages: ['postgresql'] },
  pgbouncer: { file: '/usr/sbin/pgbouncer', packages: ['pgbouncer'] },
  chromium: { file: '/usr/bin/chromium', packages: ['chromium'] },
} as const;

export type RealServer = keyof typeof REAL_SERVERS;

/** A .NET tool of NuGet, installed beside the sources: .NET itself has to be there. */
const POWERSHELL_VERSION = '7.6.9';
export const POWERSHELL = join(
  import.meta.dirname,
  `../../.cache/powershell-${POWERSHELL_VERSION}/${process.platform === 'win32' ? 'pwsh.exe' : 'pwsh'}`,
);

const SERVERS: readonly RealServer[] = [
  'dovecot',
  'prometheus',
  'alertmanager',
  'mailClients',
  'systemd',
  'postgresql',
  'pgbouncer',
  'chromium',
];

export function isInstalled(server: RealServer): boolean {
  return existsSync(REAL_SERVERS[server].file);
}

export function setup(): void {
  let missing = SERVERS.filter((server) => !isInstalled(server));
  if (missing.length > 0 && canInstall()) {
    install(missing.flatMap((server) => [...REAL_SERVERS[server].packages]));
    missing = missing.filter((server) => !isInstalled(server));
  }
  if (!existsSync(POWERSHELL)) installPowerShell();
  const packages = missing.flatMap((server) => REAL_SERVERS[server].packages).join(' ');
  const messages = [
    ...(missing.length === 0 ? [] : [`Not installed: ${missing.join(', ')} (Debian packages: ${packages}).`]),
    ...(existsSync(POWERSHELL)
      ? []
      : [
          `Not installed: PowerShell ${POWERSHELL_VERSION} (with a .NET 10 SDK, \`dotnet\`, it comes by itself).`,
        ]),
  ];
  if (messages.length === 0) return;
  if (process.env.CI) throw new Error(`${messages.join(' ')} In CI nothing may be skipped.`);
  process.stderr.write(`\n*** ${messages.join('\n*** ')}\n*** The tests against these are SKIPPED.\n\n`);
}

/** Into a folder of its own, which takes its name when all of it is there. */
function installPowerShell(): void {
  const target = dirname(POWERSHELL);
  const unfinished = `${target}.${process.pid}`;
  try {
    mkdirSync(dirname(target), { recursive: true });
    execFileSync(
      'dotnet',
      ['tool', 'install', 'PowerShell', '--version', POWERSHELL_VERSION, '--tool-path', unfinished],
      { stdio: 'ignore', timeout: 300_000, env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1' } },
    );
    renameSync(unfinished, target);
  } catch {
    rmSync(unfinished, { recursive: true, force: true });
  }
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
