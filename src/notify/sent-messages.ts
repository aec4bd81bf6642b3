/**
 * Remembers what a channel has sent about an incident. Combines the deliveries in the store with those of this process,
 * because the store may not have the latest ones yet. Written by `settle.ts`, read by the composer.
 */
import type { Delivery } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';
import { type Facts, TOO_SHORT } from './decide.ts';

/** The detail of a message that was sent as part of a summary starts with this text. */
const IN_SUMMARY = 'reported in the summary';
/**
 * The highest number of pairs of channel and incident that are remembered. Beyond it, the oldest pairs are dropped,
 * because the store has them.
 */
const MOST_KEPT = 10_000;

export interface SentMessages {
  readonly note: (message: OutboxMessage, entry: Delivery) => void;
  readonly about: (
    message: OutboxMessage,
    deliveries: readonly Delivery[],
  ) => Pick<Facts, 'lastSent' | 'isOpeningPending' | 'inSummary' | 'gathersSince' | 'isTooShort'>;
}

export function summaryDetail(summary: string): string {
  return `${IN_SUMMARY} ${summary}`;
}

export function createSentMessages(): SentMessages {
  const kept = new Map<string, readonly Delivery[]>();
  const keyOf = ({ channel, incident = '' }: OutboxMessage): string => `${channel} ${incident}`;

  return {
    note: (message, entry) => {
      const key = keyOf(message);
      const before = kept.get(key) ?? [];
      kept.delete(key);
      kept.set(key, [...before.filter((one) => one.message !== entry.message), entry]);
      for (const oldest of kept.keys()) {
        if (kept.size <= MOST_KEPT) break;
        kept.delete(oldest);
      }
    },
    about: (message, deliveries) => {
      const own = kept.get(keyOf(message)) ?? [];
      const stored = deliveries.filter(({ channel }) => channel === message.channel);
      const said = [...stored, ...own].filter(
        ({ outcome, detail }) => outcome === 'sent' || (outcome === 'skipped' && isInSummary(detail)),
      );
      const last = said.reduce<Delivery | undefined>(
        (latest, one) => (latest === undefined || one.at >= latest.at ? one : latest),
        undefined,
      );
      const openings = [...stored, ...own].filter((one) => one.message === 'opened');
      // A message without a detail was not tried yet. Its time is the time when it was planned.
      const gathering = openings.find(({ outcome, detail }) => outcome === 'pending' && detail === undefined);
      const isSettled = own.some((one) => one.message === 'opened' && one.outcome !== 'pending');
      return {
        ...(last === undefined ? {} : { lastSent: { message: last.message, at: last.at } }),
        ...(isInSummary(last?.detail) ? { inSummary: true } : {}),
        ...(gathering === undefined ? {} : { gathersSince: gathering.at }),
        ...(openings.some(({ detail }) => detail === TOO_SHORT) ? { isTooShort: true } : {}),
        isOpeningPending:
          !isSettled &&
          stored.some((one) => one.message === 'opened' && one.outcome === 'pending') &&
          message.message !== 'opened',
      };
    },
  };
}

function isInSummary(detail: string | undefined): boolean {
  return detail?.startsWith(IN_SUMMARY) === true;
}
