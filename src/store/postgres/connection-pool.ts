/**
 * The library's pool of connections to PostgreSQL. Opened at the first use, and again at the first use after `discard`.
 * The pool uses neither prepared statements nor session settings, so it works with PgBouncer's transaction pooling.
 * Part of `connection.ts`.
 */
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions as ConnectionOptionsOfTls } from 'node:tls';
import postgres from 'postgres';
import { databaseName, type DatabaseSettings } from '../../model/database.ts';
import { StoreError } from '../../model/store-error.ts';

export interface ConnectionOptions {
  readonly database: DatabaseSettings;
  /** Called for each new connection, because the password may have been rotated. Rejects with a `StoreError`. */
  readonly password?: () => Promise<string>;
  /** PEM certificates that are trusted instead of the system's. Rejects with a `StoreError`. */
  readonly authorities?: () => Promise<string>;
  readonly applicationName: string;
}

export type Sql = postgres.Sql<{ bigint: number }>;

export interface ConnectionPool {
  /** Returns the open pool, or opens it. */
  readonly get: () => Promise<Sql>;
  /** Closes all connections at once. The next `get` opens new ones. */
  readonly discard: () => void;
  /** Returns why the password for the last new connection could not be read. Undefined if it could. */
  readonly passwordFault: () => StoreError | undefined;
  readonly close: () => Promise<void>;
}

const CONNECT_SECONDS = 5;
const CONNECTIONS = 4;
/** A connection is replaced after this time. So a rotated password is in use everywhere by then. */
const LIFE_SECONDS = 600;
const IDLE_SECONDS = 120;

export function createConnectionPool(options: ConnectionOptions): ConnectionPool {
  const password = createPasswordReader(options);
  let pool: Promise<Sql> | undefined;

  const open = async (): Promise<Sql> => {
    try {
      return openPool(options, password.read, await options.authorities?.());
    } catch (error) {
      // The next request tries again, because the file of the certificates may be readable by then.
      pool = undefined;
      throw error;
    }
  };
  const end = async (timeoutSeconds: number): Promise<void> => {
    const last = pool;
    pool = undefined;
    await last?.then(
      async (sql) => await sql.end({ timeout: timeoutSeconds }),
      () => undefined,
    );
  };

  return {
    get: async () => await (pool ??= open()),
    discard: () => void end(0),
    passwordFault: password.fault,
    close: async () => await end(1),
  };
}

interface PasswordReader {
  /** Never rejects, because a rejection would make the library end the process. */
  readonly read: () => Promise<string>;
  readonly fault: () => StoreError | undefined;
}

function createPasswordReader({ database, password }: ConnectionOptions): PasswordReader {
  let fault: StoreError | undefined;
  return {
    read: async () => {
      fault = undefined;
      try {
        return (await password?.()) ?? '';
      } catch (error) {
        const unread = new StoreError('failed', `${databaseName(database)}: no password`);
        fault = error instanceof StoreError ? error : unread;
        return '';
      }
    },
    fault: () => fault,
  };
}

function openPool(
  { database, applicationName }: ConnectionOptions,
  password: () => Promise<string>,
  authorities: string | undefined,
): Sql {
  const { hosts, user, tls } = database;
  // The library accepts several hosts, but its types do not.
  const several: object = { host: hosts.map(({ host }) => host), port: hosts.map(({ port }) => port) };
  return postgres({
    ...several,
    user,
    database: database.database,
    password,
    ssl: tls === 'none' ? false : { ...(authorities && { ca: authorities }), ...verifying(hosts) },
    ...(hosts.length > 1 ? { target_session_attrs: 'read-write' as const } : {}),
    prepare: false,
    fetch_types: false,
    max: CONNECTIONS,
    connect_timeout: CONNECT_SECONDS,
    idle_timeout: IDLE_SECONDS,
    max_lifetime: LIFE_SECONDS,
    keep_alive: 10,
    backoff: () => 0.1,
    connection: { application_name: applicationName },
    onnotice: () => undefined,
    types: {
      // All columns of this type hold times in milliseconds or counts, far below 2^53.
      bigint: { to: 20, from: [20], parse: Number, serialize: String },
    },
  });
}

/**
 * Verifies the certificate of the server. If the host is an IP address, the library passes no server name, and Node
 * would verify the certificate for `localhost`. So the certificate must be valid for one of the configured addresses.
 */
function verifying(hosts: ConnectionOptions['database']['hosts']): ConnectionOptionsOfTls {
  const names = new Set(hosts.map(({ host }) => host));
  return {
    rejectUnauthorized: true,
    checkServerIdentity: (name, certificate) => {
      if (names.has(name)) return checkServerIdentity(name, certificate);
      const refusals = [...names].filter(isIP).map((host) => checkServerIdentity(host, certificate));
      const refused = new Error('the certificate is for another host');
      return refusals.includes(undefined) ? undefined : (refusals[0] ?? refused);
    },
  };
}
