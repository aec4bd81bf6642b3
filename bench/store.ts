/**
 * Measures the store: CPU per probe, memory, a start with 20,000 targets, the size on disk after 90 simulated days in
 * which 1 % of the targets fail each day, and a query about those 90 days. Run: `npm run bench:store`.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { AffectedMailbox } from '../src/model/incident.ts';
import { NO_CHANGES, type StateChange, type TargetMemory } from '../src/model/memory.ts';
import { PROTOCOL_IDS } from '../src/model/protocol.ts';
import { availabilityBy } from '../src/store/availability-by.ts';
import { createJournal } from '../src/store/journal.ts';
import { createSqliteStore } from '../src/store/sqlite-store.ts';
import { aChange, anIncident, aSession, aTargetMemory, DAY, HOUR } from '../test/store/builders.ts';
import { aDiagnosis, aProbe, NOON } from '../test/support/builders.ts';

const MAILBOXES = Number(process.argv[2] ?? 10_000);
const DAYS = 90;
const START = NOON - DAYS * DAY;
/** The rate of 20,000 targets with an interval of 5 minutes. */
const PROBES_PER_SECOND = Math.round((MAILBOXES * 2) / 300);

const folder = mkdtempSync(join(tmpdir(), 'mailprobe-bench-'));
const file = join(folder, 'mailprobe.db');
const history = Array.from({ length: 6 }, () =>
  aProbe({ failed: { auth: { text: 'NO AUTHENTICATE failed.' } }, diagnoses: [aDiagnosis()] }),
);
const names = Array.from({ length: MAILBOXES }, (_, at) => `mailbox-${String(at).padStart(5, '0')}`);
const targets: readonly TargetMemory[] = names.flatMap((mailbox, at) =>
  PROTOCOL_IDS.map((protocol) =>
    aTargetMemory({
      mailbox,
      protocol,
      app: `app-${at % 20}`,
      labels: { team: `team-${at % 7}` },
      history: at % 100 === 0 ? history : [],
    }),
  ),
);

function report(what: string, figures: Readonly<Record<string, number>>): void {
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${Number(value.toFixed(2))}`);
  process.stdout.write(`${what}: ${shown.join(', ')}\n`);
}

interface Timed<T> {
  readonly value: T;
  readonly ms: number;
  /** The CPU time of both threads. */
  readonly cpuMs: number;
  readonly worstMs: number;
}

async function timed<T>(run: () => Promise<T>): Promise<Timed<T>> {
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const began = performance.now();
  const cpu = process.cpuUsage();
  const value = await run();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  loop.disable();
  return { value, ms, cpuMs: (user + system) / 1e3, worstMs: loop.max / 1e6 };
}

function changesOfDay(day: number): readonly StateChange[] {
  return Array.from({ length: Math.round(targets.length / 100) }, (_, at) => {
    const target = targets[(day * 7_919 + at * 97) % targets.length] ?? aTargetMemory();
    const from = START + day * DAY + ((at * 7_331) % 20) * HOUR;
    return [aChange('down', from, target), aChange('up', from + HOUR / 2, target)].map((change) => ({
      key: target.key,
      mailbox: target.mailbox,
      protocol: target.protocol,
      app: target.app,
      at: change.at,
      state: change.state,
    }));
  }).flat();
}

let store = createSqliteStore({ file });
const journal = createJournal({ store });
const sizeMb = (): number => statSync(file).size / 1e6;

// Each of the 90 days has state changes, one session, and twenty incidents with up to ten mailboxes.
const filled = await timed(async () => {
  journal.note({
    targets,
    stateChanges: targets.map((target) => ({ ...aChange('up', START - 1), ...only(target) })),
  });
  await journal.flush();
  for (let day = 0; day < DAYS; day += 1) {
    const began = START + day * DAY;
    journal.note({ stateChanges: changesOfDay(day), session: aSession(began, began + DAY - 20_000) });
    journal.note({ incidents: Array.from({ length: 20 }, (_, at) => incidentOf(day, at)) });
    await journal.flush();
  }
});
report(`90 days of ${targets.length} targets written`, { seconds: filled.ms / 1_000 });

function only({ key, mailbox, protocol, app }: TargetMemory): Omit<StateChange, 'at' | 'state'> {
  return { key, mailbox, protocol, app };
}

function incidentOf(day: number, at: number): ReturnType<typeof anIncident> {
  const opened = START + day * DAY + at * HOUR;
  const affectedMailboxes: readonly AffectedMailbox[] = Array.from({ length: (at % 10) + 1 }, (_, n) => ({
    id: names[(day * 131 + at * 17 + n) % names.length] ?? '',
    since: opened,
    until: opened + HOUR / 2,
  })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const id = `${String(day).padStart(3, '0')}-${String(at).padStart(2, '0')}`;
  return anIncident(id, {
    opened,
    closed: opened + HOUR,
    state: 'closed',
    closeReason: 'recovered',
    affectedMailboxes,
  });
}

await store.backup(join(folder, 'copy.db'));
report('size after 90 days, MB', { file: sizeMb(), backup: statSync(join(folder, 'copy.db')).size / 1e6 });

// Writes once per second, as the daemon does, what the probes of that second changed.
const cpu = process.cpuUsage();
const seconds = 60;
const written = await timed(async () => {
  for (let second = 0; second < seconds; second += 1) {
    const from = (second * PROBES_PER_SECOND) % targets.length;
    journal.note({
      targets: targets.slice(from, from + PROBES_PER_SECOND),
      session: aSession(NOON, NOON + second),
    });
    await journal.flush();
    await delay(20);
  }
});
const { user, system } = process.cpuUsage(cpu);
report(`${PROBES_PER_SECOND} probes a second`, {
  'CPU per probe in µs': (user + system) / (seconds * PROBES_PER_SECOND),
  'worst event-loop delay in ms': written.worstMs,
});

// Measures the delay that the machine itself causes, while this process does nothing.
const idle = await timed(async () => await delay(1_000));
report('nothing to do for a second', { 'worst event-loop delay in ms': idle.worstMs });

const window = { from: START, until: NOON };
for (const attempt of ['first', 'second']) {
  const asked = await timed(async () => await store.availability(window));
  const grouping = await timed(async () => await availabilityBy(asked.value, 'mailbox'));
  const rows = grouping.value;
  report(`availability of ${rows.length} mailboxes over 90 days, ${attempt} time`, {
    ms: asked.ms,
    'CPU ms': asked.cpuMs,
    'grouping, CPU ms': grouping.cpuMs,
    'worst event-loop delay in ms': asked.worstMs,
    'and while grouping': grouping.worstMs,
  });
}
const month = await timed(async () => await store.availability({ from: NOON - 30 * DAY, until: NOON }));
report('the same over 30 days', { ms: month.ms });
const page = await timed(async () => await store.incidents({ limit: 50 }));
report('a page of 50 incidents', { ms: page.ms });

await journal.close();
await store.close();
global.gc?.();
const before = process.memoryUsage().rss;
store = createSqliteStore({ file });
const loaded = await timed(async () => await store.load(NOON));
report(`start with ${loaded.value.targets.length} targets`, {
  ms: loaded.ms,
  'CPU ms': loaded.cpuMs,
  'worst event-loop delay in ms': loaded.worstMs,
});
global.gc?.();
report('memory of the thread and of what was loaded, MB', {
  rss: (process.memoryUsage().rss - before) / 1e6,
});
const pruned = await timed(async () => await store.prune(START + 45 * DAY));
report('half of it pruned', { rows: pruned.value, ms: pruned.ms });
await store.save(NO_CHANGES);
await store.close();
rmSync(folder, { recursive: true });
