/**
 * Which apps does this replica hold? A plan names the replica that should probe each app, and this file takes and gives
 * apps accordingly. An app is given only after its state was written. If the rows of the database and this replica's
 * memory differ, the rows are right. Part of `leases.ts`.
 */
import type { ClusterClock } from './clock.ts';
import type { AppLoad, ClusterEdges } from './cluster.ts';
import type { AssignmentRow, AssignmentTable } from './assignment-table.ts';

export type Plan = ReadonlyMap<string, string>;

export interface Holdings {
  /** Each app that this replica holds, with the number of times that the app was taken. */
  readonly held: ReadonlyMap<string, number>;
  readonly update: (known: readonly AppLoad[]) => void;
  /** Remembers since when each free app has been free. Must be called each time that the rows were read. */
  readonly noteFree: (rows: readonly AssignmentRow[]) => void;
  readonly move: (rows: readonly AssignmentRow[], plan: Plan) => Promise<void>;
  readonly giveAll: (plan: Plan) => Promise<void>;
  readonly loseAll: () => void;
}

export interface HoldingsParts extends Pick<ClusterEdges, 'onGained' | 'onReleasing' | 'onLost'> {
  readonly table: Pick<AssignmentTable, 'take' | 'give' | 'forget'>;
  readonly clock: Pick<ClusterClock, 'monotonic'>;
  readonly leaseMs: number;
  /** Returns the id of this replica. It changes if other replicas considered this one dead. */
  readonly id: () => string;
}

interface Held extends HoldingsParts {
  readonly held: Map<string, number>;
  /** For each free app, the time since which it has been free, in milliseconds of the monotonic clock. */
  readonly freeSince: Map<string, number>;
  known: ReadonlySet<string>;
}

export function createHoldings(parts: HoldingsParts): Holdings {
  const its: Held = { ...parts, held: new Map(), freeSince: new Map(), known: new Set() };
  const { held } = its;
  return {
    held,
    update: (known) => {
      its.known = new Set(known.map(({ app }) => app));
    },
    noteFree: (rows) => noteFree(its, rows),
    move: async (rows, plan) => await move(its, rows, plan),
    giveAll: async (plan) =>
      await give(
        its,
        [...held.keys()].map((app) => ({ app, to: plan.get(app) })),
      ),
    loseAll: () => {
      const apps = [...held.keys()];
      held.clear();
      if (apps.length > 0) parts.onLost(apps);
    },
  };
}

function noteFree({ freeSince, clock }: Held, rows: readonly AssignmentRow[]): void {
  const free = new Set(rows.filter(({ replica }) => replica === null).map(({ app }) => app));
  for (const app of freeSince.keys()) if (!free.has(app)) freeSince.delete(app);
  for (const app of free) if (!freeSince.has(app)) freeSince.set(app, clock.monotonic());
}

async function move(its: Held, rows: readonly AssignmentRow[], plan: Plan): Promise<void> {
  await reconcile(its, rows, plan);
  await forgetUnknown(its);
  const surplus = [...its.held.keys()].flatMap((app) => {
    const to = plan.get(app);
    return to === undefined || to === its.id() ? [] : [{ app, to }];
  });
  await give(its, surplus);
  await take(
    its,
    rows.filter((row) => isForUs(its, row, plan)).map(({ app }) => app),
  );
}

/**
 * Makes the memory equal to the rows. The two differ if a reply of the database was lost. Drops apps that the rows do
 * not assign to this replica. Frees apps that the rows assign to this replica but that it does not hold.
 */
async function reconcile(its: Held, rows: readonly AssignmentRow[], plan: Plan): Promise<void> {
  const { held, table, onLost } = its;
  const id = its.id();
  const rowOf = new Map(rows.map((row) => [row.app, row]));
  const gone = [...held].filter(([app, epoch]) => {
    const row = rowOf.get(app);
    return row?.replica !== id || row.epoch !== epoch;
  });
  for (const [app] of gone) held.delete(app);
  if (gone.length > 0) onLost(gone.map(([app]) => app));
  const orphans = rows.filter(({ app, replica }) => replica === id && !held.has(app));
  if (orphans.length > 0)
    await table.give(
      id,
      orphans.map(({ app }) => ({ app, to: plan.get(app) })),
    );
}

async function forgetUnknown({ held, known, table, onReleasing, id }: Held): Promise<void> {
  const unknown = [...held.keys()].filter((app) => !known.has(app));
  if (unknown.length === 0) return;
  await onReleasing(unknown);
  for (const app of unknown) held.delete(app);
  await table.forget(id(), unknown);
}

async function give(
  { held, table, onReleasing, id }: Held,
  apps: readonly { readonly app: string; readonly to?: string | undefined }[],
): Promise<void> {
  if (apps.length === 0) return;
  const giver = id();
  await onReleasing(apps.map(({ app }) => app));
  for (const { app } of apps) held.delete(app);
  await table.give(giver, apps);
}

async function take(its: Held, apps: readonly string[]): Promise<void> {
  if (apps.length === 0) return;
  const taker = its.id();
  const taken = await its.table.take(taker, apps);
  // If the id has changed, another replica considered this one dead, and the rows are free again.
  if (taker !== its.id() || taken.length === 0) return;
  for (const { app, epoch } of taken) its.held.set(app, epoch);
  const gained = taken.map(({ app }) => app);
  try {
    await its.onGained(gained);
  } catch (error) {
    const back = gained.map((app) => ({ app }));
    if (taker === its.id()) await give(its, back);
    throw error;
  }
}

/**
 * Should this replica take the app? Yes if the app is free and planned for this replica. Also yes if the app has been
 * free for a whole lease, because the replica for which it is planned does not take it.
 */
function isForUs(
  { known, id, freeSince, clock, leaseMs }: Held,
  { app, replica }: AssignmentRow,
  plan: Plan,
): boolean {
  if (replica !== null || !known.has(app)) return false;
  return plan.get(app) === id() || clock.monotonic() - (freeSince.get(app) ?? 0) > leaseMs;
}
