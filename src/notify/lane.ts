/**
 * Sends the messages of one channel, one after the other, and records the outcomes. The dispatcher reserves due rows
 * for a time (a lease) and passes them to the lane. If a message cannot be delivered, the whole channel pauses. After a
 * day the lane gives the message up.
 */
import type { OutboxMessage } from '../model/memory.ts';
import type { Channel, SendResult } from './channel.ts';
import type { Composer, Sendable } from './composer.ts';
import type { Message } from './message.ts';
import { createPace, type ChannelFailure, type Pace } from './pace.ts';
import { summaryDetail } from './sent-messages.ts';
import { createSettle, type Settle, type SettlingEdges } from './settle.ts';
import { findStorms } from './storm.ts';

export interface LaneEdges extends SettlingEdges {
  /** Undefined if the channel is no longer configured. */
  readonly channel: (id: string) => Channel | undefined;
  readonly composer: Composer;
}

export interface Lane {
  /**
   * Resolves when each row is sent, skipped, given up or put off, or when too little of the lease is left to send more.
   */
  readonly run: (rows: readonly OutboxMessage[], leaseEnd: number) => Promise<void>;
  readonly failure: () => ChannelFailure | undefined;
  readonly close: () => void;
}

export const SEND_LIMIT_MS = 30_000;
const REPEATED = 'accepted; sent again until the incident closes';

export function createLane(id: string, edges: LaneEdges): Lane {
  const { clock, outbox, channel, composer } = edges;
  const pace = createPace(id);
  const settle = createSettle(edges);
  const stop = new AbortController();
  let chain: Promise<void> = Promise.resolve();

  const send = async (to: Channel, message: Message): Promise<SendResult> => {
    const limit = new AbortController();
    const cancel = clock.after(SEND_LIMIT_MS, () => limit.abort());
    try {
      return await to.send(message, AbortSignal.any([limit.signal, stop.signal]));
    } finally {
      cancel();
    }
  };
  /** Sends one message. Records the outcome before the next message is sent. */
  const deliver = async (one: Sendable, to: Channel): Promise<void> => {
    const result = await send(to, one.message);
    // This process aborted the attempt. The row is due again when the lease ends.
    if (stop.signal.aborted && result.outcome !== 'accepted') return;
    settleResult(one, result, { now: clock.now(), pace, settle });
    await outbox.flush();
  };
  const work = async (rows: readonly OutboxMessage[], leaseEnd: number): Promise<void> => {
    const sendable = await prepareAll(rows, composer, settle);
    for (const planned of await summarize(id, sendable, edges, settle)) {
      const now = clock.now();
      const to = channel(id);
      const paused = pace.pausedUntil(now);
      if (stop.signal.aborted || now + SEND_LIMIT_MS > leaseEnd) break;
      if (to === undefined)
        settle(planned.row, { outcome: 'skipped', detail: 'the channel is no longer configured' });
      else if (paused !== undefined)
        putOff(planned, { now, due: paused, detail: pace.failure()?.reason ?? 'the channel pauses' }, settle);
      else {
        // Prepare again, because a message that was just sent may have made this one needless.
        const [one] = await prepareAll([planned.row], composer, settle);
        if (one !== undefined) await deliver(one, to);
      }
    }
    await outbox.flush();
  };

  return {
    run: async (rows, leaseEnd) => {
      const turn = chain.then(async () => await work(rows, leaseEnd));
      chain = turn.catch(() => undefined);
      await turn;
    },
    failure: () => pace.failure(),
    close: () => stop.abort(),
  };
}

/** Returns the messages to send in the present state. Skips the other rows or puts them off. */
async function prepareAll(
  rows: readonly OutboxMessage[],
  composer: Composer,
  settle: Settle,
): Promise<readonly Sendable[]> {
  const sendable: Sendable[] = [];
  for (const row of rows) {
    const prepared = await composer.prepare(row);
    if (prepared.do === 'send') sendable.push(prepared);
    else if (prepared.do === 'skip') settle(row, { outcome: 'skipped', detail: prepared.why });
    else settle(row, { outcome: 'retry', due: prepared.until, detail: prepared.why });
  }
  return sendable;
}

/**
 * Replaces many messages by one summary, whose row is due at once. Returns the messages that are still to be sent one
 * by one.
 */
async function summarize(
  id: string,
  sendable: readonly Sendable[],
  { outbox, composer, clock }: LaneEdges,
  settle: Settle,
): Promise<readonly Sendable[]> {
  const { storms, rest } = await findStorms(id, sendable, composer, clock.now());
  for (const { summary, crowd } of storms) {
    outbox.note({ outbox: [summary] });
    const ending = { outcome: 'skipped', detail: summaryDetail(summary.id) } as const;
    for (const { row, next } of crowd) settle(row, ending, { next });
  }
  return rest;
}

function settleResult(
  one: Sendable,
  result: SendResult,
  { now, pace, settle }: { readonly now: number; readonly pace: Pace; readonly settle: Settle },
): void {
  const { row, next, repeatAt } = one;
  switch (result.outcome) {
    case 'accepted':
      pace.succeeded();
      if (repeatAt === undefined) settle(row, { outcome: 'sent' }, { next });
      else settle(row, { outcome: 'retry', due: repeatAt, detail: REPEATED }, { next, countedAs: 'sent' });
      break;
    case 'refused':
      pace.refused(now, result.reason);
      settle(row, { outcome: 'failed', detail: result.reason });
      break;
    case 'retry': {
      const due = pace.failed(now, result.reason, result.afterMs);
      putOff(one, { now, due, detail: result.reason }, settle);
    }
  }
}

function putOff(
  { row, giveUpAt }: Sendable,
  { now, due, detail }: { readonly now: number; readonly due: number; readonly detail: string },
  settle: Settle,
): void {
  settle(row, now >= giveUpAt ? { outcome: 'failed', detail } : { outcome: 'retry', due, detail });
}
