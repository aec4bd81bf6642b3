import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrate } from '../../src/store/sqlite/migrate.ts';

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/store.md'), 'utf8');

function withSchema<T>(body: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  try {
    return body(database);
  } finally {
    database.close();
  }
}

test('the three queries of docs/store.md can be asked', () => {
  const queries = [...DOCUMENT.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, query = '']) => query);
  expect(queries).toHaveLength(3);
  withSchema((database) => {
    for (const query of queries) expect(database.prepare(query).all()).toEqual([]);
  });
});

test('docs/store.md names every table with all of its columns', () => {
  const documented = DOCUMENT.split('\n')
    .filter((line) => /^\| `[a-z_]+`(?:, `[a-z_]+`)? \| .*\|.*\|$/.test(line))
    .flatMap((line) => {
      const [, names = '', , columns = ''] = line.split('|');
      return [...names.matchAll(/`([a-z_]+)`/g)].map(([, name = '']): [string, string] => [name, columns]);
    });
  const columnsOf = new Map(documented);
  const missing = withSchema((database) =>
    database
      .prepare(
        `SELECT t.name AS "table", c.name AS "column" FROM sqlite_schema t, pragma_table_info(t.name) c
         WHERE t.type = 'table'`,
      )
      .all()
      .map(({ table, column }) => ({ table: String(table), column: String(column) }))
      .filter(({ table, column }) => !columnsOf.get(table)?.includes(`\`${column}\``)),
  );
  expect(missing).toEqual([]);
});
