/** What the tests of the SQLite store run in another process: a writer to kill, and a holder of locks. */
import { DatabaseSync } from 'node:sqlite';
import { NO_CHANGES } from '../../src/model/memory.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import { aChange, aMessage, anIncident, aTargetMemory } from './builders.ts';

const [role, file = ''] = process.argv.slice(2);

/** Each write is told on standard output once it is committed. */
async function writeForEver(): Promise<void> {
  const store = createSqliteStore({ file });
  for (let round = 0; ; round += 1) {
    const id = `i${String(round).padStart(8, '0')}`;
    await store.save({
      ...NO_CHANGES,
      targets: Array.from({ length: 60 }, (_, at) =>
        aTargetMemory({ mailbox: `m${at}`, probesTotal: round }),
      ),
      stateChanges: [aChange('down', round, { mailbox: 'm0' })],
      incidents: [anIncident(id)],
      outbox: [aMessage(`m-${id}`, { incident: id })],
    });
    process.stdout.write(`${round}\n`);
  }
}

if (role === 'write') await writeForEver();
if (role === 'lock') {
  const database = new DatabaseSync(file);
  database.exec('BEGIN EXCLUSIVE');
  process.stdout.write('locked\n');
  process.stdin.on('end', () => database.close()).resume();
}
