/**
 * The settings of a PostgreSQL database, which `config/` parses, and the interface through which `store/` and
 * `cluster/` use the database.
 */

export interface DatabaseSettings {
  /** At least one. Several hosts are members of one cluster. The member that accepts writes is used. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly database: string;
  /** `verify`: encrypted, and the certificate is verified. `none`: not encrypted. */
  readonly tls: 'verify' | 'none';
  /** This path and `caFile` are absolute. */
  readonly passwordFile?: string;
  readonly caFile?: string;
}

/** Returns a URL of the database for messages. It shows neither the user nor a password. */
export function databaseName({ hosts, database }: DatabaseSettings): string {
  const where = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  return `postgres://${where.join(',')}/${database}`;
}

/** A parameter of a statement. Undefined is stored as NULL. */
export type Value = string | number | boolean | undefined | null;

export interface Queries {
  /** Returns all selected rows. The type `Row` must allow null for each column that may be NULL. */
  readonly all: <Row>(text: string, ...values: readonly Value[]) => Promise<readonly Row[]>;
  /** Returns the number of changed rows. */
  readonly run: (text: string, ...values: readonly Value[]) => Promise<number>;
}

/** All operations reject with a `StoreError`. */
export interface Database extends Queries {
  /** Runs `body` in a transaction. If the transaction conflicts with another one, runs `body` again. */
  readonly transaction: <T>(body: (queries: Queries) => Promise<T>) => Promise<T>;
}
