/**
 * `npm run bench:cluster-memory -- [MAILBOXES [REPLICAS]]`: how much memory does one of several replicas need? Loads a
 * configuration, records healthy probes of its share of the mailboxes, and reads what other replicas would have stored
 * about the rest. Prints the heap of each part. Does not include sockets, tokens and connections to the store.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../src/config/load.ts';
import { systemFiles } from '../src/files/system-files.ts';
import { diagnoseCutOff } from '../src/diagnosis/diagnose-cut-off.ts';
import { targetKey } from '../src/model/target.ts';
import { createOtherReplicas } from '../src/other-replicas.ts';
import { createStatusStore } from '../src/status/status-store.ts';
import { aTargetMemory } from '../test/store/builders.ts';
import { anEvidence } from '../test/support/builders.ts';

const [mailboxes = 20_000, replicas = 5] = process.argv.slice(2).map(Number);
const APPS = 200;
const ROUNDS = 3;

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

const mine = new Set(config.apps.slice(0, APPS / replicas).map(({ id }) => id));
const own = config.targets.filter(({ app }) => mine.has(app.id));
const status = createStatusStore({ diagnoseCutOff });
for (const _ of status.updateInSteps(own, Date.now()));
for (let round = 0; round < ROUNDS; round += 1)
  for (const [index, target] of own.entries()) {
    const evidence = anEvidence({ target, startedAt: Date.now() + index, seconds: 0.1 + (index % 97) / 71 });
    const stages = evidence.stages.map((stage, order) => ({ ...stage, seconds: (order + index) / 977 }));
    status.record(target, { ...evidence, stages }, [], Date.now());
  }
const probed = heapBytes();

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
others.update(config, mine);
await others.refresh();
const known = heapBytes();
const shown = others.snapshot({ at: Date.now(), targets: status.targets(), tokens: [], problems: [] });

const part = (what: string, bytes: number, count: number): string =>
  `${what}: ${(bytes / 2 ** 20).toFixed(0)} MiB, ${Math.round(bytes / count)} bytes each`;
process.stdout.write(
  [
    `${mailboxes} mailboxes, ${replicas} replicas, ${shown.targets.length} targets shown`,
    part(`configuration of ${mailboxes} mailboxes`, configured - empty, mailboxes),
    part(`${own.length} own targets`, probed - configured, own.length),
    part(
      `${config.targets.length - own.length} targets of others`,
      known - probed,
      config.targets.length - own.length,
    ),
    `in all: ${((known - empty) / 2 ** 20).toFixed(0)} MiB of heap`,
    '',
  ].join('\n'),
);
