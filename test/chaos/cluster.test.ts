import { expect, test } from 'vitest';
import { clusterVerdictsOf } from '../../bench/chaos-cluster/cluster-verdicts.ts';
import { runCluster } from '../../bench/chaos-cluster/run-cluster.ts';
import { WAIT_MS } from '../support/limits.ts';
import { postgresBinaries } from '../support/postgres.ts';

const TIMES = { leaseMs: 4_000, renewMs: 400, marginMs: 400 };

/** The short form of `npm run chaos:cluster`, with short leases; and what takes longest there is left out. */
test.skipIf(postgresBinaries() === undefined)(
  'three replicas that are killed, stopped and cut off, on a database that crashes',
  async () => {
    const report = await runCluster({
      seed: 20_261_128,
      actions: [
        'kill -9',
        'SIGSTOP',
        'cut from the database',
        'database crashes',
        'database ends every transaction',
      ],
      apps: 12,
      mailboxesPerApp: 3,
      interval: '5s',
      timeout: '4s',
      times: TIMES,
    });
    // How long a take-over takes is for `npm run chaos:cluster`: here it only has to happen.
    const failed = clusterVerdictsOf(report, WAIT_MS, TIMES).filter(({ held }) => !held);
    expect(failed.length === 0 ? undefined : { failed, report }).toBeUndefined();
  },
  300_000,
);
