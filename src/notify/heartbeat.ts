/**
 * Lets an external service watch this daemon. Requests a URL of the service once per interval, but only while probes
 * complete on time. The service raises an alarm when the requests stop. Made by the notifier.
 */
import type { HeartbeatSettings } from '../model/notification.ts';
import type { ChannelEdges, SendResult } from './channel.ts';
import { exchange } from './http-exchange.ts';
import type { Clock } from './outbox.ts';
import { faultResult, readUrl } from './read-source.ts';

export interface HeartbeatEdges extends ChannelEdges {
  readonly clock: Clock;
  readonly isOnTime: () => boolean;
  /** Not called after `close`, because an aborted request says nothing about the service. */
  readonly onOutcome: (result: SendResult | { readonly outcome: 'held'; readonly reason: string }) => void;
}

const LONGEST_BEAT_MS = 15_000;

export interface Heartbeat {
  readonly close: () => void;
}

export function startHeartbeat({ url, intervalMs }: HeartbeatSettings, edges: HeartbeatEdges): Heartbeat {
  const { clock, isOnTime, onOutcome } = edges;
  const stop = new AbortController();
  let cancel = (): void => undefined;

  const beat = async (): Promise<void> => {
    if (!isOnTime()) return onOutcome({ outcome: 'held', reason: 'probes do not complete on time' });
    const limit = new AbortController();
    const cancelLimit = clock.after(Math.min(intervalMs, LONGEST_BEAT_MS), () => limit.abort());
    const signal = AbortSignal.any([limit.signal, stop.signal]);
    try {
      const result = await exchange({ url: await readUrl(url, edges), method: 'GET', signal }, edges);
      if (!stop.signal.aborted) onOutcome(result);
    } catch (error) {
      const result = faultResult(error);
      if (!stop.signal.aborted) onOutcome(result);
    } finally {
      cancelLimit();
    }
  };
  const round = (): void => {
    if (stop.signal.aborted) return;
    cancel = clock.after(intervalMs, round);
    void beat();
  };
  round();

  return {
    close: () => {
      stop.abort();
      cancel();
    },
  };
}
