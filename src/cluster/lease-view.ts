/** What was read of the rows last, and what follows from it: who is to probe what, and who does. Part of `leases.ts`. */
import { assign, type Assigned } from './assign.ts';
import type { AppLoad, Replica } from './cluster.ts';
import type { AssignmentRow, ReplicaRow } from './lease-table.ts';

export interface LeaseView {
  readonly replicas: readonly ReplicaRow[];
  readonly rows: readonly AssignmentRow[];
}

export function planOf(
  { replicas, rows }: LeaseView,
  known: readonly AppLoad[],
): ReadonlyMap<string, string> {
  const mine = new Set(known.map(({ app }) => app));
  const apps = rows
    .filter(({ app }) => mine.has(app))
    .map(
      ({ app, tenant, weight, replica, offered }): Assigned => ({
        app,
        tenant,
        weight,
        replica: replica ?? offered ?? undefined,
      }),
    );
  const staying = replicas.filter(({ leaving }) => !leaving).map(({ id }) => id);
  return assign(staying, apps);
}

/** Of ourselves we know better than the rows that were read last. */
export function replicaOf(
  { id, name }: ReplicaRow,
  rows: readonly AssignmentRow[],
  self: { readonly id: string; readonly held: ReadonlyMap<string, number> },
): Replica {
  const isSelf = id === self.id;
  const others = rows.filter(({ app, replica }) => replica === id && !self.held.has(app));
  return { id, name, apps: isSelf ? [...self.held.keys()] : others.map(({ app }) => app), isSelf };
}
