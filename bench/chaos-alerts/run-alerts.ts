/**
 * Kills one of two replicas, in turn, for some minutes. The leases are real, and a real Prometheus watches both
 * replicas with the real waiting times of the shipped alerts. Used by `npm run chaos:alerts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { daysFromNow } from '../../src/sandbox/tenant-builder.ts';
import { until } from '../../test/support/until.ts';
import { messagesTwice } from '../chaos-cluster/judge-cluster.ts';
import { compareAnswers, type Difference } from './compare-answers.ts';
import { APPS, createPairWorld, type PairReplica, type PairWorld } from './pair-world.ts';
import { type AlertHistory, watchAlerts } from './watch-alerts.ts';

export interface AlertsRun {
  readonly minutes: number;
  readonly everySeconds: number;
  readonly onKill: (text: string) => void;
}

export interface Kill {
  readonly victim: string;
  /** The time from the kill until the other replica held all apps. */
  readonly takenOverMs: number;
  /**
   * The time from when both replicas held half of the apps again until both gave the same answers. Absent if they never
   * did.
   */
  readonly alikeAfterMs?: number;
  /** The differences of the last answers. Empty if the answers were the same. */
  readonly differences: readonly Difference[];
}

export interface AlertsReport {
  readonly firstKillAt: number;
  readonly kills: readonly Kill[];
  /** The alerts about mailboxes, apps, tenants and endpoints. */
  readonly alerts: readonly AlertHistory[];
  readonly ofReplicas: readonly AlertHistory[];
  readonly incidents: number;
  readonly doubledIncidents: number;
  readonly messages: { readonly received: number; readonly doubled: number; readonly repeated: number };
}

const INTERVAL = '30s';
const PATIENCE_MS = 120_000;
const ALIKE_WITHIN_MS = 60_000;
/** No replica is killed for this long, because a share of only a few requests rises and falls by itself. */
const SETTLE_MS = 150_000;

export async function runAlerts({ minutes, everySeconds, onKill }: AlertsRun): Promise<AlertsReport> {
  const world = await createPairWorld(INTERVAL);
  const [a, b] = world.replicas;
  const watch = watchAlerts(world.prometheus.url);
  try {
    for (const { process } of [a, b]) await process.start();
    await untilShared(world);
    await breakSome(world);
    await delay(SETTLE_MS);
    const firstKillAt = Date.now();
    const kills: Kill[] = [];
    const ends = performance.now() + minutes * 60_000;
    for (let [victim, other] = [a, b]; performance.now() < ends; [victim, other] = [other, victim]) {
      const next = performance.now() + everySeconds * 1_000;
      const kill = await killed(victim, other, world);
      kills.push(kill);
      onKill(JSON.stringify(kill));
      await delay(Math.max(0, next - performance.now()));
    }
    const all = watch.histories();
    const isOfReplica = ({ labels }: AlertHistory): boolean => labels.includes('instance=');
    const count = (sql: string): number => Number(world.sql(sql, 'alerts'));
    return {
      firstKillAt,
      kills,
      alerts: all.filter((one) => !isOfReplica(one)),
      ofReplicas: all.filter(isOfReplica),
      incidents: count('SELECT count(*) FROM mailprobe.incident'),
      doubledIncidents: count(
        'SELECT count(*) FROM (SELECT 1 FROM mailprobe.incident GROUP BY problem HAVING count(*) > 1) AS doubled',
      ),
      messages: { received: world.messages.length, ...messagesTwice(world.messages) },
    };
  } finally {
    await watch.stop();
    await world.end();
  }
}

async function killed(victim: PairReplica, other: PairReplica, world: PairWorld): Promise<Kill> {
  const at = performance.now();
  await victim.process.kill();
  await until(
    `${other.name} to have all apps`,
    async () => (await appsOf(other)) === APPS.length || undefined,
    PATIENCE_MS,
  );
  const takenOverMs = Math.round(performance.now() - at);
  await victim.process.start();
  await untilShared(world);
  const shared = performance.now();
  const urls = [victim.url, other.url] as const;
  for (;;) {
    const differences = await compareAnswers(urls);
    const waitedMs = Math.round(performance.now() - shared);
    const found = { victim: victim.name, takenOverMs, differences };
    if (differences.length === 0) return { ...found, alikeAfterMs: waitedMs };
    if (waitedMs > ALIKE_WITHIN_MS) return found;
    await delay(1_000);
  }
}

async function appsOf({ url, name }: PairReplica): Promise<number | undefined> {
  const answer = await fetch(`${url}/api/v1/replicas`).catch(() => undefined);
  if (answer === undefined) return undefined;
  const { replicas }: { replicas?: { name: string; apps: readonly string[] }[] } = JSON.parse(
    await answer.text(),
  );
  return replicas?.find((one) => one.name === name)?.apps.length;
}

async function untilShared({ replicas }: PairWorld): Promise<void> {
  await until(
    'each to have half of the apps',
    async () => {
      const counts = await Promise.all(replicas.map(appsOf));
      return counts.every((count) => count === APPS.length / 2) || undefined;
    },
    PATIENCE_MS,
  );
}

/** Lets the secrets of two apps expire. In two other apps, lets one mailbox refuse logins. */
async function breakSome({ sandbox }: PairWorld): Promise<void> {
  const expired: ReadonlySet<string> = new Set(APPS.slice(0, 2));
  sandbox.change(({ applications }) => {
    for (const { displayName, secrets } of applications)
      if (expired.has(displayName)) for (const secret of secrets) secret.endDateTime = daysFromNow(-1);
  });
  const fault = { kind: 'unavailable-at-login' };
  for (const app of APPS.slice(2, 4)) {
    const body = JSON.stringify({ faults: { imap: fault, pop3: fault } });
    const answer = await fetch(`${sandbox.control}/mailboxes/${app}-1@contoso.example`, {
      method: 'PATCH',
      body,
    });
    if (answer.status !== 200) throw new Error(`the sandbox answered ${answer.status}`);
  }
}
