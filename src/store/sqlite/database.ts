/**
 * An open database with its prepared statements, for the operations in this folder. Runs in the worker thread. Values
 * are always bound, and never part of the text of a statement.
 */
/* oxlint-disable typescript/no-unnecessary-type-parameters, typescript/no-unsafe-type-assertion -- columns have no types that TypeScript could check; STRICT tables hold what the schema says */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/**
 * `full`: a commit is safe on the disk. `normal`: a commit survives the end of the process, but a power cut may lose
 * the last second of commits. The file stays intact in both cases.
 */
export type Durability = 'full' | 'normal';

type Value = SQLInputValue | undefined;

export interface Database {
  /** `Row` is the type of the selected columns. A column that may be NULL must have a type with `null`. */
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
        // If the disk is full, SQLite has already rolled back.
        if (sql.isTransaction) sql.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
