import { describe, expect, test } from 'vitest';
import { clusterVerdictsOf } from '../../bench/chaos-cluster/cluster-verdicts.ts';
import { type ClusterRun, runCluster } from '../../bench/chaos-cluster/run-cluster.ts';
import { WAIT_MS } from '../support/limits.ts';
import { postgresBinaries } from '../support/postgres.ts';

const SIZE = { apps: 12, mailboxesPerApp: 3, interval: '5s', timeout: '4s' };
const RENEWAL = { renewMs: 400, marginMs: 400 };
/** Longer than the longest wait within it. */
const LIMIT_MS = 900_000;

/** The short form of `npm run chaos:cluster`; what takes longest there is left out. */
describe.skipIf(postgresBinaries() === undefined)('three replicas', () => {
  async function failedIn(
    run: Required<Pick<ClusterRun, 'actions' | 'times'>> & Partial<ClusterRun>,
  ): Promise<unknown> {
    const report = await runCluster({ seed: 20_261_128, ...SIZE, ...run });
    // How long a take-over takes is for `npm run chaos:cluster`: here it only has to happen.
    const failed = clusterVerdictsOf(report, WAIT_MS, run.times).filter(({ held }) => !held);
    return failed.length === 0 ? undefined : { failed, report };
  }

  test('that are killed, stopped and cut off', { timeout: LIMIT_MS }, async () => {
    const actions = ['kill -9', 'SIGSTOP', 'cut from the database'];
    // Short, because each action waits until a lease is over.
    const times = { leaseMs: 4_000, ...RENEWAL };
    expect(await failedIn({ actions, times })).toBeUndefined();
  });

  test('on a database that crashes and refuses', { timeout: LIMIT_MS }, async () => {
    const actions = ['database crashes', 'database ends every transaction'];
    // Nobody may change hands: only a hang reaches the end of such a lease.
    const times = { leaseMs: WAIT_MS, ...RENEWAL };
    expect(await failedIn({ actions, times, refusalMs: 2_000 })).toBeUndefined();
  });
});
