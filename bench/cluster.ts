/**
 * `npm run bench:cluster`: what do leases cost? Runs three replicas in one process on a real PostgreSQL, with 50 and
 * with 1,000 apps. Also measures a fenced write of 67 targets, which is what 10,000 mailboxes over both protocols write
 * per second, and how much it costs another replica to read them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { createLeases } from '../src/cluster/leases.ts';
import { NO_CHANGES, type TargetMemory } from '../src/model/memory.ts';
import { createConnection } from '../src/store/postgres/connection.ts';
import { createPostgresStore } from '../src/store/postgres-store.ts';
import { aTargetMemory } from '../test/store/builders.ts';
import { startPostgres } from '../test/support/postgres.ts';

const RENEW_MS = 200;
const MEASURE_MS = 10_000;
const WRITES = 200;
const ROWS = 67;
const READS = 50;
const RENEWAL_SECONDS = 3;

const cpuMs = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1_000;
};

const server = await startPostgres();
for (const count of [50, 1_000]) {
  const database = server.createDatabase(`bench${count}`);
  const apps = Array.from({ length: count }, (_, at) => ({
    app: `app${at}`,
    tenant: `t${at % 10}`,
    weight: 20,
    identity: '1',
    content: '1',
  }));
  let rounds = 0;
  const store = createPostgresStore({ database, applicationName: 'bench' });
  await store.open();
  const replicas = ['a', 'b', 'c'].map((name) => {
    const connection = createConnection({ database, applicationName: name });
    const cluster = createLeases({
      name,
      database: connection,
      prepare: async () => undefined,
      times: { leaseMs: 20_000, renewMs: RENEW_MS, marginMs: 2_000 },
      onGained: async () => undefined,
      onReleasing: async () => undefined,
      onLost: () => undefined,
      onPaused: () => undefined,
      onResumed: () => undefined,
      onRound: () => (rounds += 1),
    });
    cluster.update(apps);
    return { cluster, connection };
  });
  for (const { cluster } of replicas) await cluster.start();
  await pause(2_000);
  rounds = 0;
  const before = process.cpuUsage();
  const served = server.cpuMs();
  await pause(MEASURE_MS);
  const perRound = cpuMs(before) / rounds;
  const servedPerRound = (server.cpuMs() - served) / rounds;
  process.stdout.write(
    `${count} apps: ${rounds} rounds, ${perRound.toFixed(2)} ms of client CPU each, ${servedPerRound.toFixed(2)} ms of PostgreSQL's\n`,
  );

  const [first] = replicas;
  const lease = first?.cluster.lease();
  const app = [...(lease?.epochs.keys() ?? [])][0] ?? '';
  const fenced = createPostgresStore({
    database,
    applicationName: 'bench',
    sharing: { lease: () => lease, appOf: () => app, onStored: () => undefined },
  });
  await fenced.open();
  const rows = (write: number): readonly TargetMemory[] =>
    Array.from({ length: ROWS }, (_, at) =>
      aTargetMemory({ mailbox: `m${(write * ROWS + at) % 5_000}`, app }),
    );
  const start = process.cpuUsage();
  const servedBefore = server.cpuMs();
  const began = performance.now();
  for (let write = 0; write < WRITES; write += 1) {
    await fenced.save({ ...NO_CHANGES, targets: rows(write) });
  }
  const perRow = (cpuMs(start) * 1_000) / (WRITES * ROWS);
  const perWrite = (performance.now() - began) / WRITES;
  const servedPerRow = ((server.cpuMs() - servedBefore) * 1_000) / (WRITES * ROWS);
  process.stdout.write(
    `  a write of ${ROWS} targets: ${perWrite.toFixed(1)} ms; for each target ${perRow.toFixed(1)} µs of client CPU, ${servedPerRow.toFixed(1)} µs of PostgreSQL's\n`,
  );
  const all = apps.map((one) => one.app);
  let since = (await store.changes(all)).until;
  let read = 0;
  let reading = 0;
  let servedReading = 0;
  for (let round = 0; round < READS; round += 1) {
    for (let second = 0; second < RENEWAL_SECONDS; second += 1)
      await fenced.save({ ...NO_CHANGES, targets: rows(round) });
    const from = process.cpuUsage();
    const servedFrom = server.cpuMs();
    const changes = await store.changes(all, since);
    await store.maintenance({ from: Date.now(), until: Number.MAX_SAFE_INTEGER });
    await store.incidentMarks(Date.now() - 3_600_000);
    for (let second = 0; second < RENEWAL_SECONDS; second += 1) await store.takeAsks('nobody');
    reading += cpuMs(from);
    servedReading += server.cpuMs() - servedFrom;
    read += changes.targets.length;
    since = changes.until;
  }
  process.stdout.write(
    `  reading what another wrote in ${RENEWAL_SECONDS} s: ${(reading / READS).toFixed(1)} ms of client CPU, ${(servedReading / READS).toFixed(1)} ms of PostgreSQL's, ${Math.round(read / READS)} targets\n`,
  );
  for (const { cluster, connection } of replicas) {
    await cluster.close();
    await connection.close();
  }
  await fenced.close();
  await store.close();
}
await server.close();
