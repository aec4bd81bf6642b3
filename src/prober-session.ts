/**
 * The span of time in which this prober runs. Without it, history could not tell when nothing was watched. A gap,
 * because the machine slept or the clock was set, ends the span and begins another. Used by `memory-beat.ts`.
 */
import type { ProberSession } from './model/memory.ts';
import { newId } from './new-id.ts';

/** Beats come every ten seconds. A longer pause than this is a gap. */
const GAP_MS = 60_000;

export function createProberSession(replica: string | undefined): (now: number) => ProberSession {
  let session: ProberSession | undefined;
  return (now) => {
    const goesOn = session !== undefined && now >= session.until && now - session.until <= GAP_MS;
    session =
      session !== undefined && goesOn
        ? { ...session, until: now }
        : { id: newId(now), from: now, until: now, ...(replica === undefined ? {} : { replica }) };
    return session;
  };
}
