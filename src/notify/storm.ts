/**
 * Finds storms: many messages of one kind within a minute. Makes one summary in place of each storm. Used by the lane
 * for the messages that it is about to send.
 */
import type { OutboxMessage } from '../model/memory.ts';
import type { Composer, Sendable } from './composer.ts';
import { messageId } from './message-id.ts';
import { CROWDS, type Crowd, encodeBody } from './outbox-body.ts';

/** This many messages of one kind to one channel within the gathering time become one summary. */
export const STORM = 20;

const MOST_LINES = 100;

export interface Storm {
  readonly summary: OutboxMessage;
  readonly crowd: readonly Sendable[];
}

export async function findStorms(
  channel: string,
  sendable: readonly Sendable[],
  composer: Composer,
  now: number,
): Promise<{ readonly storms: readonly Storm[]; readonly rest: readonly Sendable[] }> {
  const storms: Storm[] = [];
  let rest = sendable;
  for (const of of CROWDS) {
    const due = rest.filter((one) => one.crowd === of);
    if (due.length === 0) continue;
    const crowd = [...due, ...(await alsoOfCrowd(channel, of, due, composer, now))];
    if (crowd.length < STORM) continue;
    storms.push({ summary: summaryRow(channel, of, crowd, now), crowd });
    rest = rest.filter((one) => one.crowd !== of);
  }
  return { storms, rest };
}

async function alsoOfCrowd(
  channel: string,
  of: Crowd,
  due: readonly Sendable[],
  composer: Composer,
  now: number,
): Promise<readonly Sendable[]> {
  const others: Sendable[] = [];
  for (const row of composer.gathering(channel, now)) {
    if (due.some((one) => one.row.id === row.id)) continue;
    const prepared = await composer.prepare(row);
    if (prepared.do === 'send' && prepared.crowd === of) others.push(prepared);
  }
  return others;
}

function summaryRow(channel: string, of: Crowd, crowd: readonly Sendable[], now: number): OutboxMessage {
  const lines = crowd.flatMap(({ line }) => line ?? []);
  return {
    id: messageId(now, [channel, 'summary', of, ...crowd.map(({ row }) => row.id)]),
    channel,
    message: 'summary',
    body: encodeBody({
      about: 'summary',
      firstDue: now,
      of,
      count: crowd.length,
      from: Math.min(...crowd.map(({ row }) => row.createdAt)),
      lines: lines.slice(0, MOST_LINES),
    }),
    due: now,
    attempts: 0,
    createdAt: now,
  };
}
