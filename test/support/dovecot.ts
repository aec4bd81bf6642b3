/**
 * A real Dovecot on loopback: IMAP and POP3, with implicit TLS and with STARTTLS, XOAUTH2 with locally validated
 * JWTs. Runs as whoever runs the tests, in a folder of its own.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { freePorts } from './free-ports.ts';
import type { IssuedCertificate } from '../../src/sandbox/certificates.ts';
import { WAIT_MS } from './limits.ts';
import { until } from './until.ts';

export interface Dovecot {
  readonly ports: {
    readonly imaps: number;
    readonly pop3s: number;
    readonly imap: number;
    readonly pop3: number;
  };
  /** Puts messages into a mailbox's INBOX. */
  readonly deliver: (user: string, count: number) => void;
  readonly log: () => string;
  readonly close: () => void;
}

export interface DovecotOptions {
  readonly certificate: IssuedCertificate;
  /** SPKI PEM of the token issuer. */
  readonly publicKey: string;
  /** Instead of validating tokens itself, Dovecot asks this URL: the only way to temporary failures. */
  readonly introspectionUrl?: string;
  readonly mechanisms?: string;
}

const IS_ROOT = process.getuid?.() === 0;
/** Dovecot opens no mailbox as root: then `nobody` owns them. */
const MAIL_OWNER = IS_ROOT
  ? { uid: 65_534, gid: 65_534 }
  : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

export async function startDovecot(options: DovecotOptions): Promise<Dovecot> {
  // A short path: Dovecot's sockets stand in it, and a socket's path is limited to 108 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'mpd-'));
  const [imaps, pop3s, imap, pop3] = await freePorts(4);
  const ports = { imaps: imaps ?? 0, pop3s: pop3s ?? 0, imap: imap ?? 0, pop3: pop3 ?? 0 };
  mkdirSync(join(directory, 'keys/default/RS256'), { recursive: true });
  writeFileSync(join(directory, 'keys/default/RS256/default'), options.publicKey);
  writeFileSync(join(directory, 'server.pem'), options.certificate.cert);
  writeFileSync(join(directory, 'server.key'), options.certificate.key, { mode: 0o600 });
  writeFileSync(join(directory, 'oauth2.conf.ext'), oauth2Configuration(directory, options));
  chmodSync(directory, 0o711);
  mkdirSync(join(directory, 'mail'));
  chownSync(join(directory, 'mail'), MAIL_OWNER.uid, MAIL_OWNER.gid);
  const file = join(directory, 'dovecot.conf');
  writeFileSync(file, configuration(directory, ports, options.mechanisms ?? 'xoauth2'));

  const server = spawn('/usr/sbin/dovecot', ['-F', '-c', file], { detached: true, stdio: 'ignore' });
  const close = (): void => {
    // The group, at once: the master's own shutdown leaves children behind for seconds.
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  };
  await Promise.all(Object.values(ports).map(acceptsConnections));
  return {
    ports,
    deliver: (user, count) => {
      const own = (path: string): void => chownSync(path, MAIL_OWNER.uid, MAIL_OWNER.gid);
      const box = join(directory, 'mail', user);
      for (const folder of [box, ...['new', 'cur', 'tmp'].map((name) => join(box, name))]) {
        mkdirSync(folder, { recursive: true });
        own(folder);
      }
      for (let index = 0; index < count; index += 1) {
        const message = join(box, 'new', `${index}.M1P1.host`);
        writeFileSync(message, `Subject: ${index}\r\n\r\nHello\r\n`);
        own(message);
      }
    },
    log: () => readFileSync(join(directory, 'dovecot.log'), 'utf8'),
    close,
  };
}

function oauth2Configuration(directory: string, options: DovecotOptions): string {
  if (options.introspectionUrl === undefined) {
    return [
      'introspection_mode = local',
      `local_validation_key_dict = fs:posix:prefix=${directory}/keys/`,
      'username_attribute = upn',
      '',
    ].join('\n');
  }
  return [
    'introspection_mode = post',
    `introspection_url = ${options.introspectionUrl}`,
    'username_attribute = upn',
    'active_attribute = active',
    'active_value = true',
    'force_introspection = yes',
    '',
  ].join('\n');
}

function configuration(directory: string, ports: Dovecot['ports'], mechanisms: string): string {
  const me = execFileSync('id', ['-un'], { encoding: 'utf8', timeout: WAIT_MS }).trim();
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8', timeout: WAIT_MS }).trim();
  const login = (name: string, secure: number, plain: number): string => `
service ${name}-login {
  chroot =
  service_count = 0
  process_min_avail = 2
  client_limit = 2000
  process_limit = 2
  inet_listener ${name}s {
    port = ${secure}
    ssl = yes
  }
  inet_listener ${name} {
    port = ${plain}
  }
}
service ${name} {
  service_count = 1000
  process_min_avail = 2
}`;
  return `
base_dir = ${directory}/run
state_dir = ${directory}/state
log_path = ${directory}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
default_login_user = ${IS_ROOT ? 'dovenull' : me}
default_internal_user = ${IS_ROOT ? 'dovecot' : me}
default_internal_group = ${IS_ROOT ? 'dovecot' : group}
first_valid_uid = 0
ssl = yes
ssl_cert = <${directory}/server.pem
ssl_key = <${directory}/server.key
auth_mechanisms = ${mechanisms}
auth_failure_delay = 0
auth_verbose = yes
mail_location = maildir:${directory}/mail/%u
mail_max_userip_connections = 0
passdb {
  driver = oauth2
  mechanisms = ${mechanisms}
  args = ${directory}/oauth2.conf.ext
}
userdb {
  driver = static
  args = uid=${MAIL_OWNER.uid} gid=${MAIL_OWNER.gid} home=${directory}/mail/%u
}
${login('imap', ports.imaps, ports.imap)}
${login('pop3', ports.pop3s, ports.pop3)}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
${IS_ROOT ? '' : `service auth {\n  user = ${me}\n}\nservice auth-worker {\n  user = ${me}\n}`}
`;
}

async function acceptsConnections(port: number): Promise<void> {
  await until(`Dovecot to accept connections on port ${port}`, async () => {
    const socket = connect({ host: '127.0.0.1', port });
    const accepted = await once(socket, 'connect').then(
      () => true,
      () => undefined,
    );
    socket.destroy();
    return accepted;
  });
}
