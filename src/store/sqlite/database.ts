/**
 * An open database with its prepared statements, for the operations in this folder. Runs in the worker thread. Values
 * are always bound, never written into the text.
 */
/* oxlint-disable typescript/no-unnecessary-type-parameters, typescript/no-unsafe-type-assertion -- columns have no types that TypeScript could check; STRICT tables hold what the schema says */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/**
 * `full`: a commit is on the disk, whatever happens to the machine. `normal`: a commit survives the end of the process.
 * A power cut may then lose the last second, but never damages the file.
 */
export type Durability = 'full' | 'normal';

type Value = SQLInputValue | undefined;

export interface Database {
  /** `Row` is what the statement selects. Columns that may be NULL must be typed so. */
  readonly all: <Row>(text: string, ...values: readonly Value[]) => readonly Row[];
  readonly get: <Row>(text: string, ...values: readonly Value[]) => Row | undefined;
  /** Returns the number of changed rows. An undefined value is bound as NULL. */
  readonly run: (text: string, ...values: readonly Value[]) => number;
  readonly transaction: <T>(durability: Durability, body: () => T) => T;
}

export function createDatabase(sql: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  const prepared = (text: string): StatementSync => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    const statement = sql.prepare(text);
    statements.set(text, statement);
    return statement;
  };
  const bound = (values: readonly Value[]): SQLInputValue[] => values.map((value) => value ?? null);
  let durability: Durability | undefined;

  return {
    all: <Row>(text: string, ...values: readonly Value[]) =>
      prepared(text).all(...bound(values)) as readonly unknown[] as readonly Row[],
    get: <Row>(text: string, ...values: readonly Value[]) =>
      prepared(text).get(...bound(values)) as unknown as Row | undefined,
    run: (text, ...values) => Number(prepared(text).run(...bound(values)).changes),
    transaction(wanted, body) {
      if (durability !== wanted) sql.exec(`PRAGMA synchronous = ${wanted === 'full' ? 'FULL' : 'NORMAL'}`);
      durability = wanted;
      sql.exec('BEGIN IMMEDIATE');
      try {
        const result = body();
        sql.exec('COMMIT');
        return result;
      } catch (error) {
        // After a full disk, SQLite has already rolled back.
        if (sql.isTransaction) sql.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
