/** The statements that read what a replica needs at its start, and about apps that it takes over. */
import type { CredentialMemory, Memories, TargetMemory, TokenMemory } from '../../model/memory.ts';
import type { Queries } from '../../model/database.ts';
import { reopenable } from './incidents.ts';
import { maintenance } from './maintenance.ts';
import { lastSession, targets } from './targets.ts';
import { createMemorySharing } from '../share-memories.ts';

export type AppMemories = Pick<Memories, 'targets' | 'incidents' | 'credentials' | 'tokens'>;

export interface AppChanges extends Omit<AppMemories, 'incidents'> {
  /**
   * The `since` of the next call, by the database's clock. It is earlier than the start of every open transaction, so
   * that the next call reads what these transactions write. But it is at most 20 seconds ago, so the next call can miss
   * the rows of a transaction that stays open for longer.
   */
  readonly until: string;
}

/** Rows per reply. Larger replies would block the event loop. */
const SLICE = 500;

export async function load(queries: Queries, closedSince: number): Promise<Memories> {
  return {
    ...(await sharedOf(queries, closedSince)),
    targets: await targetsOf(queries),
    incidents: await reopenable(queries, closedSince),
    ...(await credentialsOf(queries)),
  };
}

export async function loadApps(
  queries: Queries,
  apps: readonly string[],
  closedSince: number,
): Promise<AppMemories> {
  const list = JSON.stringify(apps);
  const incidents = await reopenable(
    queries,
    closedSince,
    `((i.scope = 'app' AND i.subject IN (SELECT json_array_elements_text($2::text::json))) OR EXISTS (
       SELECT 1 FROM mailprobe.incident_mailbox m JOIN mailprobe.target t ON t.mailbox = m.mailbox
       WHERE m.incident = i.id AND t.app IN (SELECT json_array_elements_text($2::text::json))))`,
    list,
  );
  return { targets: await targetsOf(queries, apps), incidents, ...(await credentialsOf(queries, apps)) };
}

export async function loadShared(queries: Queries, prober: string, closedSince: number): Promise<Memories> {
  const incidents = await reopenable(queries, closedSince, `i.scope = 'prober' AND i.subject = $2`, prober);
  return { ...(await sharedOf(queries, closedSince)), targets: [], incidents, credentials: [], tokens: [] };
}

export async function changesOf(
  queries: Queries,
  apps: readonly string[],
  since: string | undefined,
): Promise<AppChanges> {
  const [clock] = await queries.all<{ until: string }>(
    `SELECT greatest(
       clock_timestamp() - interval '20 seconds',
       least(clock_timestamp(), min(xact_start)) - interval '1 second'
     )::text AS "until"
     FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user`,
  );
  return {
    until: clock?.until ?? '-infinity',
    targets: await targetsOf(queries, apps, since),
    ...(await credentialsOf(queries, apps, since)),
  };
}

/**
 * Closes the incidents about these replicas. Leaves an incident open if a replica of the same name has joined again.
 */
export async function closeIncidentsOf(
  queries: Queries,
  probers: readonly string[],
  now: number,
): Promise<void> {
  await queries.run(
    `UPDATE mailprobe.incident i SET closed = $2::bigint, state = 'closed', close_reason = 'no-longer-configured'
     WHERE closed IS NULL AND scope = 'prober' AND subject IN (SELECT json_array_elements_text($1::text::json))
       AND NOT EXISTS (SELECT 1 FROM mailprobe.replica r WHERE r.name = i.subject)`,
    JSON.stringify(probers),
    now,
  );
}

async function sharedOf(
  queries: Queries,
  since: number,
): Promise<Pick<Memories, 'maintenance' | 'lastSession'>> {
  const session = await lastSession(queries);
  return {
    maintenance: await maintenance(queries, { from: since, until: Number.MAX_SAFE_INTEGER }),
    ...(session === undefined ? {} : { lastSession: session }),
  };
}

async function targetsOf(
  queries: Queries,
  apps?: readonly string[],
  since?: string,
): Promise<readonly TargetMemory[]> {
  const all: TargetMemory[] = [];
  const share = createMemorySharing();
  for (let after = ''; ; ) {
    const slice = await targets(queries, after, SLICE, apps, since);
    for (const item of slice) all.push(share(item));
    const last = slice.at(-1);
    if (last === undefined || slice.length < SLICE) return all;
    after = last.key;
  }
}

async function credentialsOf(
  queries: Queries,
  apps?: readonly string[],
  since?: string,
): Promise<{ readonly credentials: readonly CredentialMemory[]; readonly tokens: readonly TokenMemory[] }> {
  const list = apps && JSON.stringify(apps);
  const of = `($1::text IS NULL OR app IN (SELECT json_array_elements_text($1::text::json)))
    AND ($2::text IS NULL OR changed > $2::text::timestamptz)`;
  const credentials = await queries.all<{ app: string; status: string }>(
    `SELECT app, status FROM mailprobe.credential WHERE ${of} ORDER BY app`,
    list,
    since,
  );
  const tokens = await queries.all<{ app: string; state: string }>(
    `SELECT app, state FROM mailprobe.token WHERE ${of} ORDER BY app`,
    list,
    since,
  );
  return {
    credentials: credentials.map(({ app, status }) => ({ app, status: JSON.parse(status) })),
    tokens: tokens.map(({ app, state }) => ({ app, state: JSON.parse(state) })),
  };
}
