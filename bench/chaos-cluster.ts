/**
 * `npm run chaos:cluster -- [SEED [INTERVAL]]`: disturbs three real `serve` processes with 1,200 targets of 50 apps on
 * a real PostgreSQL, with the leases of the product. Prints what was done and what held. The exit code is 1 if
 * something did not hold. Takes about seven minutes.
 */
import { LEASE_TIMES } from '../src/cluster/leases.ts';
import { CLUSTER_ACTIONS } from './chaos-cluster/cluster-actions.ts';
import { clusterVerdictsOf } from './chaos-cluster/cluster-verdicts.ts';
import { runCluster } from './chaos-cluster/run-cluster.ts';

const [seed = '17', interval = '30s'] = process.argv.slice(2);
const report = await runCluster({
  seed: Number(seed),
  actions: Object.keys(CLUSTER_ACTIONS),
  apps: 50,
  mailboxesPerApp: 12,
  interval,
  timeout: '15s',
  onStep: (text) => process.stdout.write(`${text}\n`),
});
process.stdout.write(`\n${JSON.stringify(report, undefined, 2)}\n\n`);
const verdicts = clusterVerdictsOf(report, 30_000, LEASE_TIMES);
for (const { name, held } of verdicts) process.stdout.write(`${held ? 'held' : 'FAILED'}: ${name}\n`);
process.exitCode = verdicts.every(({ held }) => held) ? 0 : 1;
