/** A judge that cannot find anything says nothing: each fault that the run looks for is found where it is planted. */
import { expect, test } from 'vitest';
import { countByKey, discardedWithoutReason, missing } from '../../bench/chaos-cluster/judge-cluster.ts';
import { createReplicaLog } from '../../bench/chaos-cluster/replica-log.ts';

const line = (event: string, second: number, more: object = {}): string =>
  `${JSON.stringify({ level: 'debug', time: `2026-01-05T12:00:${String(second).padStart(2, '0')}.000Z`, event, ...more })}\n`;
const OF_SALES = { mailbox: 'sales', protocol: 'imap', app: 'plm' };

function logOf(...lines: readonly string[]) {
  const log = createReplicaLog('a');
  log.reader()(lines.join(''));
  return log;
}

test('a result that a replica took and the database does not have is missing', () => {
  const { taken } = logOf(line('probe', 1, OF_SALES), line('probe', 2, OF_SALES));
  const expected = countByKey(taken());
  expect(missing(expected, new Map([['sales imap', 2]]))).toBe(0);
  expect(missing(expected, new Map([['sales imap', 1]]))).toBe(1);
  expect(missing(expected, new Map([['other imap', 9]]))).toBe(2);
});

test.each([
  ['without any loss', [], 1],
  ['long after the lease was over', [line('lease_over', 1)], 1],
  ['as the lease was over', [line('lease_over', 29)], 0],
  ['as another app was lost', [line('apps_lost', 29, { apps: ['crm'] })], 1],
  ['as its app was lost', [line('apps_lost', 29, { apps: ['crm', 'plm'] })], 0],
  ['as its app was given away', [line('apps_releasing', 30, { apps: ['plm'] })], 0],
  ['before its app was given away', [line('apps_releasing', 31, { apps: ['plm'] })], 1],
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
  expect(log.taken()).toEqual([
    { replica: 'a', key: 'sales imap', app: 'plm', at: Date.parse('2026-01-05T12:00:01Z') },
  ]);
  expect(log.text()).toBe('(node:1) Warning\n');
});
