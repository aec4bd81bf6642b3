/**
 * One channel's messages, one after the other: decides, sends, settles. Rows come from the dispatcher. What fails is put
 * off with the whole channel; after a day a message is given up.
 */
import type { Delivery } from '../model/incident.ts';
import type { OutboxMessage, Settlement } from '../model/memory.ts';
import type { Channel, SendResult } from './channel.ts';
import type { Composer, Sendable } from './composer.ts';
import type { Message } from './message.ts';
import type { Clock, Outbox } from './outbox.ts';
import { createPace, type ChannelFailure } from './pace.ts';
import { summaryDetail, type SentBook } from './sent-book.ts';
import { findStorms } from './storm.ts';

export type SettledOutcome = Settlement['outcome'];

export interface LaneEdges {
  readonly clock: Clock;
  readonly outbox: Outbox;
  /** Undefined: it is no longer configured. */
  readonly channel: (id: string) => Channel | undefined;
  readonly composer: Composer;
  readonly book: SentBook;
  readonly onOutcome: (channel: string, outcome: SettledOutcome, detail: string | undefined) => void;
}

export interface Lane {
  /** Resolves when each row is settled, put off, or left to the end of its lease. */
  readonly run: (rows: readonly OutboxMessage[], leaseEnd: number) => Promise<void>;
  readonly failure: () => ChannelFailure | undefined;
  readonly close: () => void;
}

export const SEND_LIMIT_MS = 30_000;

export function createLane(id: string, edges: LaneEdges): Lane {
  const { clock, outbox, channel, composer, book, onOutcome } = edges;
  const pace = createPace(id);
  const stop = new AbortController();
  let chain: Promise<void> = Promise.resolve();

  const settle = (
    row: OutboxMessage,
    settlement: Omit<Settlement, 'message' | 'at'>,
    more: readonly OutboxMessage[] = [],
  ): void => {
    const at = clock.now();
    outbox.note({ settlements: [{ message: row.id, at, ...settlement }], outbox: more });
    const entry = deliveryOf(row, at, settlement);
    if (entry !== undefined) book.note(row, entry);
    onOutcome(id, settlement.outcome, settlement.detail);
  };
  const send = async (to: Channel, message: Message): Promise<SendResult> => {
    const limit = new AbortController();
    const cancel = clock.after(SEND_LIMIT_MS, () => limit.abort());
    try {
      return await to.send(message, AbortSignal.any([limit.signal, stop.signal]));
    } finally {
      cancel();
    }
  };
  /** The fact of an acceptance is committed before the next message leaves. */
  const deliver = async (
    { row, message, next, repeatAt, giveUpAt }: Sendable,
    to: Channel,
  ): Promise<void> => {
    const result = await send(to, message);
    if (stop.signal.aborted && result.outcome !== 'accepted') return;
    const now = clock.now();
    if (result.outcome === 'accepted') {
      pace.succeeded();
      const outcome =
        repeatAt === undefined
          ? ({ outcome: 'sent' } as const)
          : ({ outcome: 'retry', due: repeatAt, detail: REPEATED } as const);
      settle(row, outcome, next);
    } else if (result.outcome === 'refused') {
      pace.refused(now, result.reason);
      settle(row, { outcome: 'failed', detail: result.reason });
    } else {
      const due = pace.failed(now, result.reason, result.afterMs);
      settle(
        row,
        now >= giveUpAt
          ? { outcome: 'failed', detail: result.reason }
          : { outcome: 'retry', due, detail: result.reason },
      );
    }
    await outbox.flush();
  };
  const prepare = async (row: OutboxMessage): Promise<Sendable | undefined> => {
    const prepared = await composer.prepare(row);
    if (prepared.do === 'send') return prepared;
    if (prepared.do === 'skip') settle(row, { outcome: 'skipped', detail: prepared.why });
    else settle(row, { outcome: 'retry', due: prepared.until, detail: prepared.why });
    return undefined;
  };
  const prepareAll = async (rows: readonly OutboxMessage[]): Promise<readonly Sendable[]> => {
    const sendable: Sendable[] = [];
    for (const row of rows) {
      const one = await prepare(row);
      if (one !== undefined) sendable.push(one);
    }
    return sendable;
  };
  /** A crowd leaves as one summary, a row of its own. */
  const summarise = async (sendable: readonly Sendable[]): Promise<readonly Sendable[]> => {
    const { storms, rest } = await findStorms(id, sendable, composer, clock.now());
    for (const { summary, crowd } of storms) {
      outbox.note({ outbox: [summary] });
      for (const { row, next } of crowd)
        settle(row, { outcome: 'skipped', detail: summaryDetail(summary.id) }, next);
    }
    return rest;
  };
  const putOff = ({ row, giveUpAt }: Sendable, due: number): void => {
    const detail = pace.failure()?.reason ?? 'the channel pauses';
    settle(row, clock.now() >= giveUpAt ? { outcome: 'failed', detail } : { outcome: 'retry', due, detail });
  };
  const work = async (rows: readonly OutboxMessage[], leaseEnd: number): Promise<void> => {
    for (const planned of await summarise(await prepareAll(rows))) {
      const now = clock.now();
      const to = channel(id);
      const paused = pace.pausedUntil(now);
      if (stop.signal.aborted || now + SEND_LIMIT_MS > leaseEnd) break;
      if (to === undefined)
        settle(planned.row, { outcome: 'skipped', detail: 'the channel is no longer configured' });
      else if (paused !== undefined) putOff(planned, paused);
      else {
        // What was sent meanwhile may have made it superfluous.
        const one = await prepare(planned.row);
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

const REPEATED = 'accepted; sent again until the incident closes';

function deliveryOf(
  { channel, message }: OutboxMessage,
  at: number,
  { outcome, detail }: Omit<Settlement, 'message' | 'at'>,
): Delivery | undefined {
  if (message === 'digest' || message === 'summary' || message === 'test') return undefined;
  const said = outcome === 'retry' ? 'pending' : outcome;
  return { channel, message, outcome: said, at, ...(detail === undefined ? {} : { detail }) };
}
