/**
 * The rows as last read, and what follows from them: which replica should probe each app, and which one probes it now.
 * Part of `leases.ts`.
 */
import { assign, type Assigned } from './assign.ts';
import type { Replica } from './cluster.ts';
import { ANY, type Configurations } from './configurations.ts';
import type { AssignmentRow } from './assignment-table.ts';
import type { ReplicaRow } from './replica-table.ts';

export interface LeaseView {
  readonly replicas: readonly ReplicaRow[];
  readonly rows: readonly AssignmentRow[];
}

/**
 * Returns the plan: for each app, the id of the replica that should probe it. Includes apps that our configuration
 * lacks, so that all replicas compute the same plan even if their configurations differ.
 */
export function planOf(
  { replicas, rows }: LeaseView,
  { identityOf }: Pick<Configurations, 'identityOf'>,
): ReadonlyMap<string, string> {
  const rowOf = new Map(replicas.map((row) => [row.id, row]));
  const staying = replicas.filter(({ leaving }) => !leaving);
  const apps = rows.map(({ app, tenant, weight, replica, offered }): Assigned => {
    const holder = rowOf.get(replica ?? offered ?? '');
    const its = holder && identityOf(holder, app);
    const knownTo = staying.filter((one) => isSame(its, identityOf(one, app))).map(({ id }) => id);
    return { app, tenant, weight, replica: holder?.id, knownTo: new Set(knownTo) };
  });
  return assign(
    staying.map(({ id }) => id),
    apps,
  );
}

/**
 * Two configurations mean the same app if its identity is the same in both. `its`: the identity in the configuration of
 * the app's holder. Undefined if the app has no holder, or if that configuration lacks the app.
 */
function isSame(its: string | undefined, identity: string | undefined): boolean {
  if (identity === undefined) return false;
  return its === undefined || its === ANY || identity === ANY || its === identity;
}

/** Returns a replica with its apps. The apps of this replica come from `held`, which is newer than the rows. */
export function replicaOf(
  row: ReplicaRow,
  rows: readonly AssignmentRow[],
  self: { readonly id: string; readonly held: ReadonlyMap<string, number> },
  isAlike: Configurations['isAlike'],
): Replica {
  const { id, name } = row;
  const isSelf = id === self.id;
  const others = rows.filter(({ app, replica }) => replica === id && !self.held.has(app));
  const apps = isSelf ? [...self.held.keys()] : others.map(({ app }) => app);
  return { id, name, apps, isSelf, isAlike: isAlike(row) };
}
