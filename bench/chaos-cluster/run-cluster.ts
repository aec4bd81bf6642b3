/**
 * Disturbs three replicas on one PostgreSQL: kills, stops, ends and cuts off replicas. Crashes and stops the database,
 * and sets its clock. Used by `npm run chaos:cluster`, and with short leases by a test.
 */
import { LEASE_TIMES } from '../../src/cluster/leases.ts';
import { until } from '../../test/support/until.ts';
import { createRandom, type Random } from '../chaos/random.ts';
import { readHoldings, readStored, type Stored } from './audit.ts';
import { CLUSTER_ACTIONS, type ClusterChaos, type Deed, isShared, LOSES_NOTHING } from './cluster-actions.ts';
import {
  appOf,
  type ClusterSize,
  type ClusterWorld,
  createClusterWorld,
  mailboxId,
} from './cluster-world.ts';
import {
  discardedWithoutReason,
  messagesTwice,
  strays,
  type Stray,
  takeOver,
  type TakeOver,
} from './judge-cluster.ts';
import type { LoggedResult } from './replica-log.ts';
import { type NewlyMissing, type Results, watchResults } from './results.ts';

export interface ClusterRun extends ClusterSize {
  readonly seed: number;
  /** Names in `CLUSTER_ACTIONS`. The seed determines their order. */
  readonly actions: readonly string[];
  /** How long the database ends every transaction: half a lease if absent. */
  readonly refusalMs?: number;
  readonly onStep?: (text: string) => void;
}

export interface Step extends Deed, NewlyMissing {
  readonly action: string;
  readonly takenOver?: TakeOver;
  /** For each result that a replica discarded: how many milliseconds after the harm. */
  readonly discardedAfterMs: readonly number[];
  readonly changedHands: number;
  readonly strays: readonly Stray[];
}

export interface ClusterReport {
  readonly seed: number;
  readonly targets: number;
  readonly probes: number;
  readonly steps: readonly Step[];
  /** Strays that belong to no step. */
  readonly strays: readonly Stray[];
  readonly discardedWithoutReason: readonly LoggedResult[];
  /** Targets that lost results after these were committed. */
  readonly vanished: readonly string[];
  readonly stored: Omit<Stored, 'incidentsOf'>;
  /** The number of incidents of each mailbox that refused all the time. */
  readonly incidentsOfRefused: readonly number[];
  /** Problems with more than one incident. */
  readonly doubledIncidents: readonly string[];
  readonly messages: { readonly received: number; readonly doubled: number; readonly repeated: number };
  readonly bugs: readonly string[];
}

type Done = Deed & NewlyMissing & { readonly action: string; readonly until: number };

/** If a run does not end, this many characters of each replica's log are printed. */
const SAID = 6_000;
const REFUSED = 5;
const FAULTS = 3;

export async function runCluster({
  seed,
  actions,
  refusalMs,
  onStep,
  ...size
}: ClusterRun): Promise<ClusterReport> {
  const random = createRandom(seed);
  const world = await createClusterWorld(size);
  const results = watchResults(world);
  const leaseMs = (size.times ?? LEASE_TIMES).leaseMs;
  const chaos: ClusterChaos = {
    ...world,
    random,
    apps: size.apps,
    leaseMs,
    refusalMs: refusalMs ?? leaseMs / 2,
  };
  /** The first mailbox of some apps refuses all the time. Other mailboxes refuse during one step. */
  const refused = Array.from({ length: REFUSED }, (_, app) => mailboxId(app, 0));
  try {
    await world.fail(refused);
    for (const { start } of world.replicas) start();
    await isShared(chaos);
    await everyTargetProbed(results, targetsOf(size));
    await results.newlyMissing('patient');
    // What a later action loses is told from what was lost before it.
    const otherwise = actions.some((action) => LOSES_NOTHING.has(action)) ? 'brief' : 'none';
    const done: Done[] = [];
    for (const action of shuffled(actions, random.below)) {
      await world.fail([...refused, ...faults(random, size)]);
      const deed = await CLUSTER_ACTIONS[action]?.(chaos);
      if (deed === undefined) throw new Error(`There is no action "${action}".`);
      await everyAppProbedSince(results, Date.now(), size.apps);
      const lost = await results.newlyMissing(LOSES_NOTHING.has(action) ? 'patient' : otherwise);
      await world.fail(refused);
      done.push({ ...deed, action, ...lost, until: Date.now() });
      onStep?.(
        `${action}${deed.victim === undefined ? '' : ` of ${deed.victim}`}: ${Date.now() - deed.at} ms`,
      );
    }
    await results.look();
    return { seed, targets: targetsOf(size), ...(await judged(world, results, done, refused)) };
  } catch (error) {
    const outputs = world.replicas.map(({ name, log }) => `${name}: ${log.text().slice(-SAID)}`);
    const sessions = await sessionsOf(world);
    throw new Error(
      `the run did not end; the replicas said:\n${outputs.join('\n')}\nthe database:\n${sessions}`,
      { cause: error },
    );
  } finally {
    await results.stop();
    await world.end();
  }
}

async function judged(
  { database, replicas }: ClusterWorld,
  results: Results,
  done: readonly Done[],
  refused: readonly string[],
): Promise<Omit<ClusterReport, 'seed' | 'targets'>> {
  const probes = results.probes();
  const holdings = await readHoldings(database);
  const all = strays(probes, holdings);
  const discarded = replicas.flatMap(({ log }) => log.discarded());
  const steps = done.map(({ until: end, ...deed }): Step => {
    const within = (at: number): boolean => at >= deed.at && at < end;
    const { victim, at } = deed;
    const found = victim === undefined ? {} : { takenOver: takeOver(victim, at, holdings, probes) };
    return Object.assign({}, deed, found, {
      discardedAfterMs: discarded.flatMap((one) => (within(one.at) ? one.at - at : [])),
      changedHands: holdings.filter(({ from }) => within(from)).length,
      strays: all.filter((stray) => within(stray.at)),
    });
  });
  const { incidentsOf, ...stored } = await readStored(database);
  const messages = results.messages();
  return {
    probes: probes.filter(({ ended }) => ended === undefined).length,
    steps,
    strays: all.filter((stray) => !steps.some((step) => step.strays.includes(stray))),
    discardedWithoutReason: discardedWithoutReason(
      discarded,
      replicas.flatMap(({ log }) => log.lostRights()),
    ),
    vanished: results.vanished(),
    stored,
    incidentsOfRefused: refused.map(
      (mailbox) => incidentsOf.get(`mailbox-permission-missing:mailbox:${mailbox}`) ?? 0,
    ),
    doubledIncidents: [...incidentsOf].filter(([, count]) => count > 1).map(([problem]) => problem),
    messages: { received: messages.length, ...messagesTwice(messages) },
    bugs: replicas.flatMap(({ log }) =>
      log
        .text()
        .split('\n')
        .filter((line) => line.includes('"event":"bug"')),
    ),
  };
}

/** Returns the sessions of the database, to find out which one blocks the others. */
async function sessionsOf({ database }: ClusterWorld): Promise<string> {
  const rows = await database
    .all(
      `SELECT pid, application_name, state, wait_event_type, wait_event, clock_timestamp() - state_change AS since,
         pg_blocking_pids(pid) AS blocked_by, left(query, 120) AS query
       FROM pg_stat_activity WHERE datname = current_database() ORDER BY state_change`,
    )
    .catch((error: unknown) => [String(error)]);
  return rows.map((row) => JSON.stringify(row)).join('\n');
}

function targetsOf({ apps, mailboxesPerApp }: ClusterSize): number {
  return apps * mailboxesPerApp * 2;
}

function faults(random: Random, { apps, mailboxesPerApp }: ClusterSize): readonly string[] {
  return Array.from({ length: FAULTS }, () =>
    mailboxId(random.below(apps), 1 + random.below(mailboxesPerApp - 1)),
  );
}

async function everyTargetProbed({ look, probes }: Results, targets: number): Promise<void> {
  const isEvery = async (): Promise<true | undefined> => {
    await look();
    const seen = new Set(probes().map(({ mailbox, protocol }) => `${mailbox} ${protocol}`));
    return seen.size === targets ? true : undefined;
  };
  await until('every target to be probed', isEvery, 240_000);
}

async function everyAppProbedSince({ look, probes }: Results, since: number, apps: number): Promise<void> {
  const isEvery = async (): Promise<true | undefined> => {
    await look();
    const seen = new Set(probes().flatMap(({ mailbox, until: at }) => (at >= since ? appOf(mailbox) : [])));
    return seen.size === apps ? true : undefined;
  };
  await until('every app to be probed', isEvery, 180_000);
}

function shuffled<T>(items: readonly T[], below: (limit: number) => number): readonly T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(below(left.length), 1));
}
