/**
 * `npm run bench:cluster-memory -- [MAILBOXES]`: what does a replica keep of mailboxes that others probe? Loads a configuration
 * and reads what another replica would have written of all of its targets; prints bytes of heap for each.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../src/config/load.ts';
import { systemFiles } from '../src/files/system-files.ts';
import { targetKey } from '../src/model/target.ts';
import { createOtherReplicas } from '../src/other-replicas.ts';
import { aTargetMemory } from '../test/store/builders.ts';

const [mailboxes = 20_000] = process.argv.slice(2).map(Number);
const APPS = 200;

function heapBytes(): number {
  for (let round = 0; round < 4; round += 1) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const folder = mkdtempSync(join(tmpdir(), 'mailprobe-cluster-memory-'));
const at = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const file = join(folder, 'mailprobe.yaml');
writeFileSync(join(folder, 'secret'), 'aSecretOfFortyCharacters0000000000000000', { mode: 0o600 });
writeFileSync(
  file,
  [
    'apps:',
    ...at(APPS).map(
      (app) =>
        `  - { id: app${app}, tenant: 11111111-2222-3333-4444-555555555555, client_id: 66666666-7777-8888-9999-${app.toString(16).padStart(12, '0')}, credential: { secret_file: secret } }`,
    ),
    'mailboxes:',
    ...at(mailboxes).map(
      (one) => `  - { id: mailbox${one}, address: mailbox${one}@contoso.example, app: app${one % APPS} }`,
    ),
    '',
  ].join('\n'),
);
const empty = heapBytes();
const loaded = await loadConfig(file, { env: process.env, files: systemFiles });
rmSync(folder, { recursive: true });
if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
const { config } = loaded;
const configured = heapBytes();

const others = createOtherReplicas(
  {
    changes: async (apps) => {
      const wanted = new Set(apps);
      const targets = config.targets
        .filter(({ app }) => wanted.has(app.id))
        .map((target) =>
          aTargetMemory({ key: targetKey(target), mailbox: target.mailbox.id, app: target.app.id }),
        );
      return { targets: structuredClone(targets), tokens: [], credentials: [], until: '1' };
    },
  },
  () => undefined,
);
others.update(config, new Set());
await others.refresh();
const known = heapBytes();
const shown = others.snapshot({ at: Date.now(), targets: [], tokens: [], problems: [] }).targets.length;

const each = (bytes: number, count: number): string => `${Math.round(bytes / count)} bytes each`;
process.stdout.write(
  [
    `${mailboxes} mailboxes, ${config.targets.length} targets, ${shown} of them shown`,
    `configuration: ${((configured - empty) / 2 ** 20).toFixed(1)} MiB, ${each(configured - empty, mailboxes)}`,
    `targets of others: ${((known - configured) / 2 ** 20).toFixed(1)} MiB, ${each(known - configured, config.targets.length)}`,
    '',
  ].join('\n'),
);
