import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import { describeStore } from './contract.ts';

describeStore('in memory', async () => {
  const store = createMemoryStore();
  return { store, end: store.close };
});

describeStore('in a SQLite file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mailprobe-store-'));
  const file = join(folder, 'mailprobe.db');
  const stores = [createSqliteStore({ file })];
  const [store = createMemoryStore()] = stores;
  return {
    store,
    async reopen() {
      await store.close();
      const again = createSqliteStore({ file });
      stores.push(again);
      return again;
    },
    async end() {
      for (const one of stores) await one.close();
      await rm(folder, { recursive: true });
    },
  };
});
