/**
 * Three replicas on one PostgreSQL while they are killed, stopped, ended and cut off, and their database crashes, is away
 * and has its clock set. Used by `npm run chaos:cluster`, and with short leases by a test.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { LEASE_TIMES } from '../../src/cluster/leases.ts';
import { until } from '../../test/support/until.ts';
import { createRandom } from '../chaos/random.ts';
import { readHoldings, readStored, type Stored } from './audit.ts';
import { CLUSTER_ACTIONS, type ClusterChaos, type Deed, isShared } from './cluster-actions.ts';
import { appOf, type ClusterSize, createClusterWorld, mailboxId } from './cluster-world.ts';
import {
  endedByTarget,
  messagesTwice,
  strays,
  type Stray,
  takeOver,
  type TakeOver,
} from './judge-cluster.ts';
import type { SeenMessage, SeenProbe } from './tenant.ts';

export interface ClusterRun extends ClusterSize {
  readonly seed: number;
  /** Of `CLUSTER_ACTIONS`; their order is the seed's. */
  readonly actions: readonly string[];
  readonly onStep?: (text: string) => void;
}

export interface Step extends Deed {
  readonly action: string;
  readonly takenOver?: TakeOver;
  /** Probes that ended at the tenant and whose result did not reach the database. */
  readonly lost: number;
  readonly changedHands: number;
  readonly strays: readonly Stray[];
}

export interface ClusterReport {
  readonly seed: number;
  readonly targets: number;
  readonly probes: number;
  readonly steps: readonly Step[];
  /** Outside of any step. */
  readonly strays: readonly Stray[];
  readonly stored: Omit<Stored, 'incidentsOf'>;
  /** Incidents for each mailbox that refused all the time. */
  readonly incidentsOfRefused: readonly number[];
  /** Problems with more than one incident. */
  readonly doubledIncidents: readonly string[];
  readonly messages: { readonly received: number; readonly doubled: number; readonly repeated: number };
  readonly bugs: readonly string[];
}

/** What is written once a second is written after this. */
const WRITTEN_MS = 3_000;
const ATTEMPTS = 8;
const REFUSED = 5;
const FAULTS = 3;

export async function runCluster({ seed, actions, onStep, ...size }: ClusterRun): Promise<ClusterReport> {
  const random = createRandom(seed);
  const world = await createClusterWorld(size);
  const leaseMs = (size.times ?? LEASE_TIMES).leaseMs;
  const chaos: ClusterChaos = { ...world, random, apps: size.apps, leaseMs };
  const targets = size.apps * size.mailboxesPerApp * 2;
  const probes: SeenProbe[] = [];
  const messages: SeenMessage[] = [];
  const look = async (): Promise<void> => {
    const seen = await world.take();
    probes.push(...seen.probes);
    messages.push(...seen.messages);
  };
  /** The first mailbox of some apps refuses all the time; others during one step. */
  const refused = Array.from({ length: REFUSED }, (_, app) => mailboxId(app, 0));
  const faults = (): readonly string[] =>
    Array.from({ length: FAULTS }, () =>
      mailboxId(random.below(size.apps), 1 + random.below(size.mailboxesPerApp - 1)),
    );
  let missing = 0;
  const probedSince = async (since: number): Promise<void> =>
    void (await until(
      'every app to be probed',
      async () => {
        await look();
        const seen = new Set(probes.flatMap(({ mailbox, until: at }) => (at >= since ? appOf(mailbox) : [])));
        return seen.size === size.apps ? true : undefined;
      },
      60_000,
    ));
  /** Results that are missing since the last time. */
  const newlyMissing = async (): Promise<number> => {
    const before = missing;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      missing = await countMissing();
      if (missing <= before) break;
      await delay(WRITTEN_MS);
    }
    return missing - before;
  };
  const countMissing = async (): Promise<number> => {
    await look();
    const until = Date.now() - WRITTEN_MS;
    const ended = endedByTarget(probes.filter(({ ended: at = until }) => at <= until));
    const rows = await world.database.all<{ key: string; probes: number }>(
      'SELECT key, probes FROM mailprobe.target',
    );
    const stored = new Map(rows.map((row) => [row.key, row.probes]));
    return [...ended].reduce((sum, [key, count]) => sum + Math.max(0, count - (stored.get(key) ?? 0)), 0);
  };
  try {
    await world.fail(refused);
    for (const { start } of world.replicas) start();
    await isShared(chaos);
    await until(
      'every target to be probed',
      async () => {
        await look();
        return new Set(probes.map(({ mailbox, protocol }) => `${mailbox} ${protocol}`)).size === targets
          ? true
          : undefined;
      },
      120_000,
    );
    const done: (Deed & { action: string; lost: number; until: number })[] = [];
    await newlyMissing();
    for (const action of shuffled(actions, random.below)) {
      await world.fail([...refused, ...faults()]);
      const deed = await CLUSTER_ACTIONS[action]?.(chaos);
      if (deed === undefined) throw new Error(`There is no action "${action}".`);
      await probedSince(Date.now());
      const lost = await newlyMissing();
      await world.fail(refused);
      done.push({ ...deed, action, lost, until: Date.now() });
      onStep?.(
        `${action}${deed.victim === undefined ? '' : ` of ${deed.victim}`}: ${Date.now() - deed.at} ms`,
      );
    }
    await look();
    const holdings = await readHoldings(world.database);
    const all = strays(probes, holdings);
    const steps = done.map(({ until: end, ...deed }): Step => {
      const within = (at: number): boolean => at >= deed.at && at < end;
      const { victim, at } = deed;
      const found = victim === undefined ? {} : { takenOver: takeOver(victim, at, holdings, probes) };
      return Object.assign({}, deed, found, {
        changedHands: holdings.filter(({ from }) => within(from)).length,
        strays: all.filter((stray) => within(stray.at)),
      });
    });
    const { incidentsOf, ...stored } = await readStored(world.database);
    return {
      seed,
      targets,
      probes: probes.filter(({ ended }) => ended === undefined).length,
      steps,
      strays: all.filter((stray) => !steps.some((step) => step.strays.includes(stray))),
      stored,
      incidentsOfRefused: refused.map(
        (mailbox) => incidentsOf.get(`mailbox-permission-missing:mailbox:${mailbox}`) ?? 0,
      ),
      doubledIncidents: [...incidentsOf].filter(([, count]) => count > 1).map(([problem]) => problem),
      messages: { received: messages.length, ...messagesTwice(messages) },
      bugs: world.replicas.flatMap(({ output }) =>
        output()
          .split('\n')
          .filter((line) => line.includes('"event":"bug"')),
      ),
    };
  } catch (error) {
    const outputs = world.replicas.map(({ name, output }) => `${name}: ${output().slice(-2_000)}`);
    throw new Error(`the run did not end; the replicas said:\n${outputs.join('\n')}`, { cause: error });
  } finally {
    await world.end();
  }
}

function shuffled<T>(items: readonly T[], below: (limit: number) => number): readonly T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(below(left.length), 1));
}
