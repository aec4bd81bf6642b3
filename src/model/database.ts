/** Where a PostgreSQL database is: what `config/` reads from the file and `store/` and `cluster/` connect to. */

export interface DatabaseSettings {
  /** At least one. Several are the members of one cluster: the one that can be written is used. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly database: string;
  /** `verify`: encrypted, and the certificate is verified. `none`: in clear. */
  readonly tls: 'verify' | 'none';
  /** Absolute paths. */
  readonly passwordFile?: string;
  readonly caFile?: string;
}

/** For messages: never with a password. */
export function databaseName({ hosts, database }: DatabaseSettings): string {
  const where = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`);
  return `postgres://${where.join(',')}/${database}`;
}
