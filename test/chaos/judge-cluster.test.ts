/** A judge that cannot find anything says nothing: each fault that the run looks for is found where it is planted. */
import { expect, test } from 'vitest';
import {
  countByKey,
  discardedWithoutReason,
  lostResults,
  missing,
} from '../../bench/chaos-cluster/judge-cluster.ts';
import { createReplicaLog } from '../../bench/chaos-cluster/replica-log.ts';

const line = (event: string, second: number, more: object = {}): string =>
  `${JSON.stringify({ level: 'debug', time: `2026-01-05T12:00:${String(second).padStart(2, '0')}.000Z`, event, ...more })}\n`;
const OF_SALES = { mailbox: 'sales', protocol: 'imap', app: 'plm' };

function logOf(...lines: readonly string[]) {
  const log = createReplicaLog('a');
  log.reader()(lines.join(''));
  return log;
}

const AT = (second: number): number => Date.parse('2026-01-05T12:00:00Z') + second * 1_000;

test.each([
  ['both are stored', { probes: 2, lastBegan: AT(20) }, 0],
  ['the first is not counted, though the last is stored', { probes: 1, lastBegan: AT(20) }, 1],
  ['the last is not written although it should be', { probes: 1, lastBegan: AT(10) }, 1],
  ['nothing is stored', undefined, 2],
])('of two results that a replica took, %s', (_name, stored, lost) => {
  const { taken } = logOf(line('probe', 10, OF_SALES), line('probe', 20, OF_SALES));
  const rows = new Map(stored === undefined ? [] : [['sales imap', stored] as const]);
  expect(lostResults(taken(), rows, AT(30))).toBe(lost);
});

test('a result that is stored already does not hide that an earlier one is lost, nor does one that waits count as lost', () => {
  const { taken } = logOf(...[10, 20, 30].map((second) => line('probe', second, OF_SALES)));
  const stored = (probes: number, second: number) =>
    new Map([['sales imap', { probes, lastBegan: AT(second) }]]);
  expect(lostResults(taken(), stored(2, 30), AT(25))).toBe(1);
  expect(lostResults(taken(), stored(2, 20), AT(25))).toBe(0);
});

test('a probe that ended at the tenant and is neither taken nor discarded is missing', () => {
  const ended = countByKey([{ key: 'sales imap' }, { key: 'sales imap' }]);
  expect(missing(ended, new Map([['sales imap', 2]]))).toBe(0);
  expect(missing(ended, new Map([['sales imap', 1]]))).toBe(1);
});

test.each([
  ['without any loss', [], 1],
  ['long after the lease was over', [line('lease_over', 1)], 1],
  ['as the lease was over', [line('lease_over', 29)], 0],
  ['as another app was lost', [line('apps_lost', 29, { apps: ['crm'] })], 1],
  ['as its app was lost', [line('apps_lost', 29, { apps: ['crm', 'plm'] })], 0],
  ['as its app was given away', [line('apps_releasing', 30, { apps: ['plm'] })], 0],
  ['shortly before its app was given away', [line('apps_releasing', 31, { apps: ['plm'] })], 0],
  ['before its app was given away', [line('apps_releasing', 33, { apps: ['plm'] })], 1],
])('a result that is discarded %s', (_name, losses, count) => {
  const log = logOf(...losses, line('probe_discarded', 30, OF_SALES));
  expect(discardedWithoutReason(log.discarded(), log.lostRights())).toHaveLength(count);
});

test('a line that comes in two pieces is one, and what is no JSON is text', () => {
  const log = createReplicaLog('a');
  const [out, err] = [log.reader(), log.reader()];
  const whole = line('probe', 1, OF_SALES);
  out(whole.slice(0, 20));
  err('(node:1) Warning\n');
  out(whole.slice(20));
  expect(log.taken()).toEqual([{ replica: 'a', key: 'sales imap', app: 'plm', at: AT(1), began: AT(1) }]);
  expect(log.text()).toBe('(node:1) Warning\n');
});
