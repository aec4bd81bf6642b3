/** What must hold in a run of several replicas. Used by `bench/chaos-cluster.ts` and by the test. */
import type { LeaseTimes } from '../../src/cluster/leases.ts';
import type { ChaosVerdict } from '../chaos/verdicts.ts';
import { LOSES_NOTHING } from './cluster-actions.ts';
import type { ClusterReport } from './run-cluster.ts';

/** A replica that stops may take this long to hand over its apps. */
const END_MS = 10_000;

const CHANGES_NOTHING: ReadonlySet<string> = new Set([
  'database crashes',
  'database ends every transaction',
  'database is away for longer than a lease',
]);
/** In these actions living replicas are taken for dead, which they notice only when they renew their lease. */
const DOUBLES: ReadonlySet<string> = new Set(["database's clock jumps ahead"]);

export function clusterVerdictsOf(
  report: ClusterReport,
  takenOverMs: number,
  { leaseMs, renewMs, marginMs }: LeaseTimes,
): readonly ChaosVerdict[] {
  const { steps, stored, messages } = report;
  const of = (kinds: ReadonlySet<string>): typeof steps => steps.filter(({ action }) => kinds.has(action));
  const strayed = [
    ...report.strays,
    ...steps.flatMap((step) => (DOUBLES.has(step.action) ? [] : step.strays)),
  ];
  return [
    { name: 'no probe began without a lease', held: strayed.length === 0 },
    {
      name: "after a jump of the database's clock, probes were double for at most one lease",
      held: of(DOUBLES).every(({ strays, at }) => strays.every((one) => one.at - at < leaseMs)),
    },
    {
      name: `what a replica probed was probed by others within ${takenOverMs} ms`,
      held: steps.every(({ takenOver }) => (takenOver?.probed.at(-1) ?? 0) < takenOverMs),
    },
    {
      name: 'while the database was away, nobody changed hands',
      held: of(CHANGES_NOTHING).every(({ changedHands }) => changedHands === 0),
    },
    {
      name: 'neither a database that was away nor a hand-over lost a result that a replica had taken',
      held: of(LOSES_NOTHING).every(({ lost }) => lost <= 0),
    },
    {
      name: 'nothing that was committed was gone later',
      held: report.vanished.length === 0,
    },
    {
      name: 'where no replica died, every probe that ended at the tenant was taken or discarded',
      held: of(LOSES_NOTHING).every(({ unexplained }) => unexplained <= 0),
    },
    {
      name: 'results were discarded only where a lease was over, lost or given away',
      held: report.discardedWithoutReason.length === 0,
    },
    {
      name: 'while the database was away, no result was discarded before the lease could be over',
      held: of(CHANGES_NOTHING).every(({ discardedAfterMs }) =>
        discardedAfterMs.every((ms) => ms > leaseMs - marginMs - 2 * renewMs),
      ),
    },
    { name: 'no stored result was written over by an older one', held: stored.backwards === 0 },
    {
      name: 'every mailbox that refused all the time had one incident',
      held: report.incidentsOfRefused.every((count) => count === 1),
    },
    {
      name: 'no incident was doubled',
      held: stored.doubledOpen === 0 && report.doubledIncidents.length === 0,
    },
    { name: 'no message was doubled', held: stored.doubledMessages === 0 && messages.doubled === 0 },
    {
      name: `SIGTERM ended a replica within ${END_MS} ms`,
      held: steps.every(({ endedMs = 0 }) => endedMs <= END_MS),
    },
    { name: 'no bug was logged', held: report.bugs.length === 0 },
  ];
}
