/** Where a PostgreSQL database is: what `config/` reads from the file and `store/` and `cluster/` connect to. */

export interface DatabaseSettings {
  /** At least one. Several are members of one cluster, of which the one that accepts writes is used. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly database: string;
  /** `verify`: encrypted, and the certificate is verified. `none`: not encrypted. */
  readonly tls: 'verify' | 'none';
  /** Absolute paths. */
  readonly passwordFile?: string;
  readonly caFile?: string;
}

/** The name of the database in messages. It never includes a password. */
export function databaseName({ hosts, database }: DatabaseSettings): string {
  const where = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  return `postgres://${where.join(',')}/${database}`;
}

/** An absent value is NULL. */
export type Value = string | number | boolean | undefined | null;

export interface Queries {
  /** `Row` is the type of a selected row. Its columns that may be NULL must be declared so. */
  readonly all: <Row>(text: string, ...values: readonly Value[]) => Promise<readonly Row[]>;
  /** The number of rows that were changed. */
  readonly run: (text: string, ...values: readonly Value[]) => Promise<number>;
}

/** All operations reject with a `StoreError`. */
export interface Database extends Queries {
  /** Runs the body in a transaction, and runs it again if the transaction conflicts with another one. */
  readonly transaction: <T>(body: (queries: Queries) => Promise<T>) => Promise<T>;
}
