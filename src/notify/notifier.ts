/**
 * Plans messages about changed incidents, and sends the planned messages. The daemon makes the notifier, and writes
 * each change and its rows in one transaction. The outbox is the daemon's journal.
 */
import type { IncidentChange } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';
import type { NotifySettings } from '../model/notification.ts';
import type { Channel, ChannelEdges } from './channel.ts';
import { createComposer, type Knowledge } from './composer.ts';
import { createChannel } from './create-channel.ts';
import { createDispatcher } from './dispatcher.ts';
import { type Heartbeat, type HeartbeatEdges, startHeartbeat } from './heartbeat.ts';
import type { SettledOutcome } from './settle.ts';
import type { Clock, Outbox } from './outbox.ts';
import type { ChannelFailure } from './pace.ts';
import { createPlannedRows } from './planned-rows.ts';
import { rowsFor } from './policy.ts';
import { createSentMessages } from './sent-messages.ts';

export interface NotifierEdges extends Omit<ChannelEdges, 'now'> {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly knowledge: Knowledge;
  readonly simulated: () => boolean;
  /** Do probes complete on time? The heartbeat stops if not. */
  readonly isOnTime: () => boolean;
  readonly onOutcome: (channel: string, outcome: SettledOutcome, detail: string | undefined) => void;
  readonly onHeartbeat: HeartbeatEdges['onOutcome'];
  readonly onBug: (error: unknown) => void;
  /** Tests replace it. */
  readonly makeChannel?: typeof createChannel;
}

export interface Notifier {
  /** Returns the rows to write in the same transaction as the changes. */
  readonly plan: (changes: readonly IncidentChange[], now: number) => readonly OutboxMessage[];
  /** Applies new settings. The heartbeat starts again only if its settings differ. */
  readonly update: (settings: NotifySettings) => void;
  /** Sends the due messages once a second, and starts the heartbeat. */
  readonly start: () => void;
  /**
   * Runs one round. Resolves when each due row is sent, skipped, given up or put off. Used by tests and before
   * shutdown.
   */
  readonly round: () => Promise<void>;
  /** The channels whose last message was not accepted. */
  readonly failures: () => readonly ChannelFailure[];
  readonly close: () => Promise<void>;
}

export function createNotifier(initial: NotifySettings, edges: NotifierEdges): Notifier {
  const { clock, outbox, knowledge, simulated, onOutcome, onBug, makeChannel = createChannel } = edges;
  const channelEdges: ChannelEdges = { ...edges, now: clock.now };
  const sent = createSentMessages();
  let settings = initial;
  const channelsOf = ({ channels }: NotifySettings): ReadonlyMap<string, Channel> =>
    new Map(channels.map((one) => [one.id, makeChannel(one, channelEdges)]));
  let channels = channelsOf(settings);
  let heartbeat: Heartbeat | undefined;
  let started = false;
  const planned = createPlannedRows();

  const composer = createComposer({
    now: clock.now,
    settings: () => settings,
    simulated,
    knowledge,
    sent,
    gathering: planned.gathering,
  });
  const dispatcher = createDispatcher({
    clock,
    outbox,
    composer,
    sent,
    channel: (id) => channels.get(id),
    onOutcome,
    onBug,
  });
  const beat = (): void => {
    heartbeat?.close();
    heartbeat =
      settings.heartbeat === undefined
        ? undefined
        : startHeartbeat(settings.heartbeat, { ...edges, now: clock.now, onOutcome: edges.onHeartbeat });
  };

  return {
    plan: (changes, now) => planned.add(rowsFor(changes, settings, knowledge.mailbox), now),
    update: (next) => {
      const isSameHeartbeat = JSON.stringify(next.heartbeat) === JSON.stringify(settings.heartbeat);
      settings = next;
      channels = channelsOf(settings);
      if (started && !isSameHeartbeat) beat();
    },
    start: () => {
      started = true;
      dispatcher.start();
      beat();
    },
    round: dispatcher.round,
    failures: dispatcher.failures,
    close: async () => {
      heartbeat?.close();
      await dispatcher.close();
    },
  };
}
