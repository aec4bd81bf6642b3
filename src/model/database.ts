/** Where a PostgreSQL database is: what `config/` reads from the file and `store/` and `cluster/` connect to. */

export interface DatabaseSettings {
  /** At least one. Several hosts are members of one cluster. The member that accepts writes is used. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly database: string;
  /** `verify`: encrypted, and the certificate is verified. `none`: not encrypted. */
  readonly tls: 'verify' | 'none';
  /** An absolute path, like `caFile`. */
  readonly passwordFile?: string;
  readonly caFile?: string;
}

/** Returns the name of the database for messages, without a password. */
export function databaseName({ hosts, database }: DatabaseSettings): string {
  const where = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  return `postgres://${where.join(',')}/${database}`;
}

/** A value in a statement. An undefined one is stored as NULL. */
export type Value = string | number | boolean | undefined | null;

export interface Queries {
  /** Returns all selected rows. The type `Row` must allow null for each column that may be NULL. */
  readonly all: <Row>(text: string, ...values: readonly Value[]) => Promise<readonly Row[]>;
  /** Returns the number of rows that were changed. */
  readonly run: (text: string, ...values: readonly Value[]) => Promise<number>;
}

/** All operations reject with a `StoreError`. */
export interface Database extends Queries {
  /** Runs the body in a transaction, and runs it again if the transaction conflicts with another one. */
  readonly transaction: <T>(body: (queries: Queries) => Promise<T>) => Promise<T>;
}
