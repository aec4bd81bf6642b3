/**
 * A pool of connections to PostgreSQL, for statements and transactions with a deadline. They reject only with a
 * `StoreError`. It uses neither prepared statements nor session settings, so PgBouncer may pool by transaction. Made by
 * `postgres-store.ts`, and by `shared-store.ts` for the leases.
 */
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions as ConnectionOptionsOfTls } from 'node:tls';
import postgres from 'postgres';
import {
  databaseName,
  type Database,
  type DatabaseSettings,
  type Queries,
  type Value,
} from '../../model/database.ts';
import { StoreError } from '../../model/store-error.ts';
import { isConnectionLost, postgresError } from './failure.ts';

export interface ConnectionOptions {
  readonly database: DatabaseSettings;
  /** Called for each new connection, because the password may have been rotated. Rejects with a `StoreError`. */
  readonly password?: () => Promise<string>;
  /** PEM certificates that are trusted instead of the system's. Rejects with a `StoreError`. */
  readonly authorities?: () => Promise<string>;
  readonly applicationName: string;
}

export interface Connection extends Database {
  readonly close: () => Promise<void>;
}

type Sql = postgres.Sql<{ bigint: number }>;

/** A request that takes longer fails as `slow`, and the next one opens new connections. */
const DEADLINE_MS = 15_000;
/**
 * The server ends a transaction whose client is silent for this long, and so releases its locks. TCP alone takes hours
 * to notice a cut line. This is shorter than a lease, so that other replicas can take over what the client held.
 */
const SILENT_MS = 10_000;
const CONNECT_SECONDS = 5;
const CONNECTIONS = 4;
/** A connection is replaced after this time. So a rotated password is in use everywhere by then. */
const LIFE_SECONDS = 600;
const IDLE_SECONDS = 120;
/** How many times a transaction is tried after deadlocks and lost races for a unique row. */
const ATTEMPTS = 3;
const MAY_REPEAT: ReadonlySet<string> = new Set(['40P01', '40001', '23505']);

export function createConnection(options: ConnectionOptions, deadlineMs = DEADLINE_MS): Connection {
  const name = databaseName(options.database);
  const silentMs = Math.min(deadlineMs, SILENT_MS);
  let client: Promise<Sql> | undefined;
  let passwordFault: StoreError | undefined;
  let closed = false;

  /** Reads the password. Must not reject, because the library would end the process. */
  const password = async (): Promise<string> => {
    passwordFault = undefined;
    try {
      return (await options.password?.()) ?? '';
    } catch (error) {
      passwordFault = error instanceof StoreError ? error : new StoreError('failed', `${name}: no password`);
      return '';
    }
  };
  const open = async (): Promise<Sql> => {
    const authorities = await options.authorities?.();
    return openPool(options, password, authorities);
  };
  const discard = (): void => {
    const old = client;
    client = undefined;
    void old?.then(
      async (sql) => await sql.end({ timeout: 0 }),
      () => undefined,
    );
  };
  const rebuilt = (error: unknown): StoreError => {
    const failure = postgresError(error, name);
    if (isConnectionLost(error)) discard();
    return failure.code === 'denied' && passwordFault !== undefined ? passwordFault : failure;
  };
  const perform = async <T>(run: (sql: Sql) => Promise<T>): Promise<T> => {
    if (closed) throw new StoreError('failed', 'the store is closed');
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      discard();
      deadline.reject(new StoreError('slow', `the store ${name} does not answer within ${deadlineMs} ms`));
    }, deadlineMs);
    const work = (client ??= open()).then(run);
    // When the deadline has passed, the late result is ignored, even if it is a failure.
    work.catch(() => undefined);
    deadline.promise.catch(() => undefined);
    try {
      return await Promise.race([work, deadline.promise]);
    } catch (error) {
      throw rebuilt(error);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    all: async (text, ...values) => await perform(async (sql) => await queriesOf(sql).all(text, ...values)),
    run: async (text, ...values) => await perform(async (sql) => await queriesOf(sql).run(text, ...values)),
    transaction: async (body) =>
      await perform(async (sql) => {
        for (let attempt = 1; ; attempt += 1) {
          try {
            // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the library unwraps arrays of promises, which nobody here returns
            return (await sql.begin(async (held) => {
              const limited = held.unsafe(`SET LOCAL idle_in_transaction_session_timeout = ${silentMs}`);
              const [, result] = await Promise.all([limited, body(queriesOf(held))]);
              return result;
            })) as Awaited<ReturnType<typeof body>>;
          } catch (error) {
            const code = error instanceof postgres.PostgresError ? error.code : '';
            if (attempt === ATTEMPTS || !MAY_REPEAT.has(code)) throw error;
          }
        }
      }),
    close: async () => {
      closed = true;
      const last = client;
      client = undefined;
      await last?.then(
        async (sql) => await sql.end({ timeout: 1 }),
        () => undefined,
      );
    },
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
      // These columns hold times in milliseconds and counts, all far below 2^53.
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

function queriesOf(sql: Pick<Sql, 'unsafe'>): Queries {
  const bound = (values: readonly Value[]): (string | number | boolean | null)[] =>
    values.map((value) => value ?? null);
  return {
    all: async <Row>(text: string, ...values: readonly Value[]) =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- columns have no types that TypeScript could check
      (await sql.unsafe(text, bound(values))) as unknown as readonly Row[],
    run: async (text, ...values) => (await sql.unsafe(text, bound(values))).count,
  };
}
