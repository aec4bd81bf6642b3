/**
 * Which replica should probe which app? Gives each replica about the same total weight of apps. Moves an app only if
 * the totals differ too much, and keeps the apps of one tenant together if they fit. Pure: every replica computes the
 * same plan from the same rows.
 */

export interface Assigned {
  readonly app: string;
  readonly tenant: string;
  readonly weight: number;
  /** The replica that probes the app or is about to. Absent if the app is free. */
  readonly replica?: string | undefined;
  /** The replicas whose configuration has the app. Only these can get the app. If absent, every replica can get it. */
  readonly knownTo?: ReadonlySet<string>;
}

/** Returns the replica of each app. An app that no living replica knows is left out. */
export function assign(replicas: readonly string[], apps: readonly Assigned[]): ReadonlyMap<string, string> {
  if (replicas.length === 0) return new Map();
  const plan = createPlan(replicas, apps);
  const free = apps.filter(({ app }) => !plan.holderOf.has(app));
  for (const group of tenantsOf(free)) place(plan, group);
  balance(plan, apps);
  return plan.holderOf;
}

interface Plan {
  /** Sorted, so that all replicas resolve ties in the same way. */
  readonly replicas: readonly string[];
  readonly loads: Map<string, number>;
  readonly holderOf: Map<string, string>;
  /** For each tenant, the total weight of its apps on each replica. */
  readonly tenants: Map<string, Map<string, number>>;
  readonly fair: number;
  readonly put: (app: Assigned, replica: string) => void;
}

function createPlan(replicas: readonly string[], apps: readonly Assigned[]): Plan {
  const loads = new Map(replicas.toSorted().map((replica) => [replica, 0]));
  const holderOf = new Map<string, string>();
  const tenants = new Map<string, Map<string, number>>();
  const total = apps.reduce((sum, { weight }) => sum + weight, 0);
  const add = ({ tenant, weight }: Assigned, replica: string, sign: 1 | -1): void => {
    loads.set(replica, (loads.get(replica) ?? 0) + sign * weight);
    const its = tenants.get(tenant) ?? new Map<string, number>();
    tenants.set(tenant, its.set(replica, (its.get(replica) ?? 0) + sign * weight));
  };
  const put = (app: Assigned, replica: string): void => {
    const before = holderOf.get(app.app);
    if (before !== undefined) add(app, before, -1);
    holderOf.set(app.app, replica);
    add(app, replica, 1);
  };
  for (const app of apps) if (app.replica !== undefined && loads.has(app.replica)) put(app, app.replica);
  return { replicas: [...loads.keys()], loads, holderOf, tenants, fair: total / replicas.length, put };
}

/** Groups the apps by tenant, the heaviest tenant first. The light tenants then fill the gaps. */
function tenantsOf(apps: readonly Assigned[]): readonly (readonly Assigned[])[] {
  const weigh = (group: readonly Assigned[]): number => group.reduce((sum, { weight }) => sum + weight, 0);
  return [...Map.groupBy(apps, ({ tenant }) => tenant).values()]
    .map((group) => group.toSorted(byWeight))
    .sort((a, b) => weigh(b) - weigh(a) || compare(a[0]?.tenant ?? '', b[0]?.tenant ?? ''));
}

/**
 * Places all apps of the group on one replica with room for them, preferably on the one with the most apps of the
 * tenant. If no replica has room for all, places each app by itself.
 */
function place(plan: Plan, group: readonly Assigned[]): void {
  const weight = group.reduce((sum, one) => sum + one.weight, 0);
  const whole = roomFor(plan, group[0]?.tenant ?? '', weight, group);
  for (const app of group) {
    const chosen = [whole, roomFor(plan, app.tenant, app.weight, [app]), lightest(plan, app)];
    const replica = chosen.find((one) => one !== undefined && isKnownTo(app, one));
    if (replica !== undefined) plan.put(app, replica);
  }
}

function isKnownTo({ knownTo }: Assigned, replica: string): boolean {
  return knownTo?.has(replica) ?? true;
}

function roomFor(
  { replicas, loads, tenants, fair }: Plan,
  tenant: string,
  weight: number,
  apps: readonly Assigned[],
): string | undefined {
  const its = tenants.get(tenant);
  const fits = replicas.filter(
    (replica) => (loads.get(replica) ?? 0) + weight <= fair && apps.every((app) => isKnownTo(app, replica)),
  );
  return fits.toSorted(
    (a, b) => (its?.get(b) ?? 0) - (its?.get(a) ?? 0) || (loads.get(a) ?? 0) - (loads.get(b) ?? 0),
  )[0];
}

function lightest(plan: Plan, app: Assigned): string | undefined {
  return byLoad(plan).find((replica) => isKnownTo(app, replica));
}

function byLoad({ replicas, loads }: Plan): readonly string[] {
  return replicas.toSorted((a, b) => (loads.get(a) ?? 0) - (loads.get(b) ?? 0));
}

/**
 * An app moves between two replicas only if their loads differ by more than this share of the average load, because
 * every move costs a token request and a pause.
 */
const TOLERANCE = 0.1;

/**
 * Moves apps from heavy replicas to the lightest replica that knows them. The loop ends, because each move makes the
 * loads more even.
 */
function balance(plan: Plan, apps: readonly Assigned[]): void {
  const sorted = apps.toSorted(byWeight);
  while (moveOne(plan, sorted));
}

function moveOne(plan: Plan, sorted: readonly Assigned[]): boolean {
  const lightestFirst = byLoad(plan);
  for (const from of lightestFirst.toReversed()) {
    if ((plan.loads.get(from) ?? 0) <= plan.fair) return false;
    for (const to of lightestFirst) {
      const gap = (plan.loads.get(from) ?? 0) - (plan.loads.get(to) ?? 0);
      if (gap <= plan.fair * TOLERANCE) break;
      const movable = sorted.filter(
        (app) => plan.holderOf.get(app.app) === from && fitsGap(app, gap) && isKnownTo(app, to),
      );
      const chosen = movable.find(({ tenant }) => (plan.tenants.get(tenant)?.get(to) ?? 0) > 0) ?? movable[0];
      if (chosen === undefined) continue;
      plan.put(chosen, to);
      return true;
    }
  }
  return false;
}

function fitsGap({ weight }: Assigned, gap: number): boolean {
  return weight > 0 && weight * 2 <= gap;
}

function byWeight(a: Assigned, b: Assigned): number {
  return b.weight - a.weight || compare(a.app, b.app);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
