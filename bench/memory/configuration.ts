/** Writes the configuration of a large fleet into a folder, and changes it for a reload. Used by `bench/memory.ts`. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FakeTenant } from './fake-tenant.ts';

export interface Fleet {
  readonly mailboxes: number;
  readonly apps: number;
  readonly interval: string;
  readonly port: number;
}

/** Returns the path of the main file. Every app has its own secret. */
export function writeFleet(
  folder: string,
  { mailboxes, apps, interval, port }: Fleet,
  tenant: FakeTenant,
): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.pem'), tenant.ca);
  const lines = [
    `listen: 127.0.0.1:${port}`,
    `authority: https://127.0.0.1:${tenant.token}`,
    `imap: { host: 127.0.0.1, port: ${tenant.imap} }`,
    `pop3: { host: 127.0.0.1, port: ${tenant.pop3} }`,
    'tls: { ca_file: ca.pem }',
    'store: mailprobe.db',
    `defaults: { interval: ${interval}, timeout: 30s }`,
    'mailbox_files: ["more-*.yaml"]',
    'apps:',
  ];
  for (let at = 0; at < apps; at += 1) {
    const clientId = `66666666-7777-8888-9999-${at.toString(16).padStart(12, '0')}`;
    lines.push(
      `  - { id: app-${at}, tenant: 11111111-2222-3333-4444-555555555555, client_id: ${clientId}, credential: { secret_file: secret-${at} } }`,
    );
    rotateSecret(folder, at, 'abc8Q~thisIsASecretValueOfFortyCharacters00');
  }
  lines.push('mailboxes:');
  for (let at = 0; at < mailboxes; at += 1) {
    lines.push(
      `  - { id: mailbox-${at}, address: mailbox-${at}@contoso.example, app: app-${at % apps}, labels: { team: team-${at % 7} } }`,
    );
  }
  const file = join(folder, 'mailprobe.yaml');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

export function addMailbox(folder: string, id: string): void {
  appendFileSync(
    join(folder, 'more-1.yaml'),
    `- { id: ${id}, address: ${id}@contoso.example, app: app-0 }\n`,
  );
}

export function rotateSecret(folder: string, app: number, value: string): void {
  writeFileSync(join(folder, `secret-${app}`), value, { mode: 0o600 });
}
