/**
 * Removes from a write the rows of apps whose lease this replica does not hold: states, incidents and messages. Locks
 * the assignments until the transaction ends, so that no other replica takes over an app while its rows are written.
 * Part of the transaction of `save`.
 */
import type { Lease } from '../../model/lease.ts';
import type { Queries } from '../../model/database.ts';
import type { IncidentRow, Rows } from '../encode.ts';
import type { Sharing } from './save-incidents.ts';

export interface StoreSharing {
  readonly lease: () => Lease | undefined;
  /** Returns the app of the mailbox in our configuration. Undefined if the mailbox is not configured. */
  readonly appOf: (mailbox: string) => string | undefined;
  /**
   * Called for each written incident with its id and with the id under which it is stored. The two differ if another
   * replica opened the incident first.
   */
  readonly onStored: (id: string, kept: string) => void;
}

export interface OwnRows extends Rows {
  readonly sharing: Sharing;
}

export async function ownRows(
  queries: Queries,
  rows: Rows,
  { lease, appOf }: StoreSharing,
): Promise<OwnRows> {
  const own = await lockOwn(queries, lease());
  const isOwn = ({ app }: { readonly app: string }): boolean => own.has(app);
  const isForeign = (mailbox: string): boolean => {
    const app = appOf(mailbox);
    return app !== undefined && !own.has(app);
  };
  const incidents = rows.incidents.flatMap((incident) => ownPart(incident, isForeign, own));
  const refused = new Set(rows.incidents.map(({ id }) => id));
  for (const { id } of incidents) refused.delete(id);
  return {
    ...rows,
    targets: rows.targets.filter(isOwn),
    stateChanges: rows.stateChanges.filter(isOwn),
    credentials: rows.credentials.filter(isOwn),
    tokens: rows.tokens.filter(isOwn),
    incidents,
    outbox: rows.outbox.filter(({ incident }) => incident === undefined || !refused.has(incident)),
    sharing: { isForeign },
  };
}

/** Returns the apps whose lease this replica still holds, and locks their assignments. */
async function lockOwn(queries: Queries, lease: Lease | undefined): Promise<ReadonlySet<string>> {
  if (lease === undefined || lease.epochs.size === 0) return new Set();
  const rows = await queries.all<{ app: string }>(
    `SELECT a.app FROM mailprobe.assignment a
     JOIN json_to_recordset($2::text::json) AS n (app text, epoch bigint) ON n.app = a.app AND n.epoch = a.epoch
     WHERE a.replica = $1 ORDER BY a.app FOR SHARE OF a`,
    lease.replica,
    JSON.stringify([...lease.epochs].map(([app, epoch]) => ({ app, epoch }))),
  );
  return new Set(rows.map(({ app }) => app));
}

/**
 * Returns the incident with only the mailboxes of this replica. Returns an empty list if the whole incident belongs to
 * other replicas.
 */
function ownPart(
  incident: IncidentRow,
  isForeign: (mailbox: string) => boolean,
  own: ReadonlySet<string>,
): readonly IncidentRow[] {
  const { scope, subject, affected } = incident;
  if (scope === 'app' && !own.has(subject)) return [];
  const its = affected.filter(({ id }) => !isForeign(id));
  return affected.length > 0 && its.length === 0 && scope !== 'prober'
    ? []
    : [{ ...incident, affected: its }];
}
