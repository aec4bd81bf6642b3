/** What was read of the rows last, and what follows from it: who is to probe what, and who does. Part of `leases.ts`. */
import { assign, type Assigned } from './assign.ts';
import type { Replica } from './cluster.ts';
import { ANY, type Configurations } from './configurations.ts';
import type { AssignmentRow, ReplicaRow } from './lease-table.ts';

export interface LeaseView {
  readonly replicas: readonly ReplicaRow[];
  readonly rows: readonly AssignmentRow[];
}

/** All apps count, also those that we do not know: every replica computes the same, whatever it is configured with. */
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

/** Do both know the app, and as the same? `its`: undefined where nobody has it. */
function isSame(its: string | undefined, identity: string | undefined): boolean {
  if (identity === undefined) return false;
  return its === undefined || its === ANY || identity === ANY || its === identity;
}

/** Of ourselves we know better than the rows that were read last. */
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
