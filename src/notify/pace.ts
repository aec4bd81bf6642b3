/**
 * When may a channel be tried again? The pause doubles with each failure in a row, from 15 seconds to 15 minutes. A
 * server may ask for a longer pause. Each channel has one pace, so an unreachable channel is tried once per pause and
 * not once per message. Used by `lane.ts`.
 */
export interface ChannelFailure {
  readonly channel: string;
  readonly since: number;
  /** The text is of limited length and holds no secret. */
  readonly reason: string;
  /** True if the receiver will never accept a message. Waiting does not help then. */
  readonly refused: boolean;
}

export interface Pace {
  readonly pausedUntil: (now: number) => number | undefined;
  readonly succeeded: () => void;
  /** Begins a pause and returns its end. */
  readonly failed: (now: number, reason: string, afterMs: number | undefined) => number;
  /** Begins no pause, because the channel works and only this message is refused. */
  readonly refused: (now: number, reason: string) => void;
  readonly failure: () => ChannelFailure | undefined;
}

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

export function createPace(channel: string): Pace {
  let failures = 0;
  let until: number | undefined;
  let failure: ChannelFailure | undefined;

  return {
    pausedUntil: (now) => (until !== undefined && until > now ? until : undefined),
    succeeded: () => {
      failures = 0;
      until = undefined;
      failure = undefined;
    },
    failed: (now, reason, afterMs) => {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      failures += 1;
      until = now + Math.max(pauseMs, afterMs ?? 0);
      failure = { channel, since: failure?.since ?? now, reason, refused: failure?.refused ?? false };
      return until;
    },
    refused: (now, reason) => {
      failure = { channel, since: failure?.since ?? now, reason, refused: true };
    },
    failure: () => failure,
  };
}
