/**
 * Who probes which app? Fair by weight, and sticky: an app stays where it is unless the loads differ too much. Apps of one
 * tenant go together where they fit. Pure: every replica computes the same from the same rows.
 */

export interface Assigned {
  readonly app: string;
  readonly tenant: string;
  readonly weight: number;
  /** Who probes it, or is about to. Absent: it is free. */
  readonly replica?: string | undefined;
}

/** App → replica. Empty without replicas. */
export function assign(replicas: readonly string[], apps: readonly Assigned[]): ReadonlyMap<string, string> {
  if (replicas.length === 0) return new Map();
  const plan = createPlan(replicas, apps);
  const free = apps.filter(({ app }) => !plan.holderOf.has(app));
  for (const group of tenantsOf(free)) place(plan, group);
  balance(plan, apps);
  return plan.holderOf;
}

interface Plan {
  /** In order, so that all replicas break ties alike. */
  readonly replicas: readonly string[];
  readonly loads: Map<string, number>;
  readonly holderOf: Map<string, string>;
  /** By tenant, how much of it each replica has. */
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

/** The heaviest first: what is light fills the gaps. */
function tenantsOf(apps: readonly Assigned[]): readonly (readonly Assigned[])[] {
  const weigh = (group: readonly Assigned[]): number => group.reduce((sum, { weight }) => sum + weight, 0);
  return [...Map.groupBy(apps, ({ tenant }) => tenant).values()]
    .map((group) => group.toSorted(byWeight))
    .sort((a, b) => weigh(b) - weigh(a) || compare(a[0]?.tenant ?? '', b[0]?.tenant ?? ''));
}

/** The whole group where the rest of its tenant is, or where there is room for it; else app by app. */
function place(plan: Plan, group: readonly Assigned[]): void {
  const weight = group.reduce((sum, one) => sum + one.weight, 0);
  const whole = roomFor(plan, group[0]?.tenant ?? '', weight);
  for (const app of group) plan.put(app, whole ?? roomFor(plan, app.tenant, app.weight) ?? lightest(plan));
}

function roomFor(
  { replicas, loads, tenants, fair }: Plan,
  tenant: string,
  weight: number,
): string | undefined {
  const its = tenants.get(tenant);
  const fits = replicas.filter((replica) => (loads.get(replica) ?? 0) + weight <= fair);
  return fits.toSorted(
    (a, b) => (its?.get(b) ?? 0) - (its?.get(a) ?? 0) || (loads.get(a) ?? 0) - (loads.get(b) ?? 0),
  )[0];
}

function lightest({ replicas, loads }: Plan): string {
  return replicas.reduce((best, one) => ((loads.get(one) ?? 0) < (loads.get(best) ?? 0) ? one : best));
}

function heaviest({ replicas, loads }: Plan): string {
  return replicas.reduce((best, one) => ((loads.get(one) ?? 0) > (loads.get(best) ?? 0) ? one : best));
}

/** Loads that differ by less are left alone: every move costs a token request and a pause. */
const TOLERANCE = 0.1;

/** From the heaviest to the lightest, as long as that evens the loads out. Each move makes them more even: it ends. */
function balance(plan: Plan, apps: readonly Assigned[]): void {
  const sorted = apps.toSorted(byWeight);
  for (;;) {
    const [from, to] = [heaviest(plan), lightest(plan)];
    const gap = (plan.loads.get(from) ?? 0) - (plan.loads.get(to) ?? 0);
    if (gap <= plan.fair * TOLERANCE) return;
    const movable = sorted.filter(
      ({ app, weight }) => weight > 0 && weight * 2 <= gap && plan.holderOf.get(app) === from,
    );
    const chosen = movable.find(({ tenant }) => (plan.tenants.get(tenant)?.get(to) ?? 0) > 0) ?? movable[0];
    if (chosen === undefined) return;
    plan.put(chosen, to);
  }
}

function byWeight(a: Assigned, b: Assigned): number {
  return b.weight - a.weight || compare(a.app, b.app);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
