/**
 * Counts messages by channel and outcome for the metric `mailprobe_notifications_total`. Used by `notifications.ts`.
 */
import type { NotifySettings } from './model/notification.ts';
import type { SettledOutcome } from './notify/settle.ts';

export interface NotificationCount {
  readonly channel: string;
  readonly outcome: SettledOutcome;
  readonly count: number;
}

export interface NotificationCounts {
  /**
   * Replaces the channels. The count of each outcome starts at 0, so that its first increase is visible to `rate()`.
   */
  readonly channels: (settings: NotifySettings) => void;
  readonly add: (channel: string, outcome: SettledOutcome) => void;
  readonly all: () => readonly NotificationCount[];
}

const OUTCOMES: readonly SettledOutcome[] = ['sent', 'retry', 'failed', 'skipped'];

export function createNotificationCounts(): NotificationCounts {
  let counts = new Map<string, Map<SettledOutcome, number>>();
  const fresh = (): Map<SettledOutcome, number> => new Map(OUTCOMES.map((outcome) => [outcome, 0]));

  return {
    channels: ({ channels }) => {
      counts = new Map(channels.map(({ id }) => [id, counts.get(id) ?? fresh()]));
    },
    add: (channel, outcome) => {
      const its = counts.get(channel);
      its?.set(outcome, (its.get(outcome) ?? 0) + 1);
    },
    all: () =>
      [...counts].flatMap(([channel, its]) =>
        [...its].map(([outcome, count]) => ({ channel, outcome, count })),
      ),
  };
}
