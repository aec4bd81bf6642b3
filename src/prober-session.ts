/**
 * Returns the time span in which this prober runs, so that history can show when nothing was probed. If the machine
 * slept or its clock was set, that span ends and another one begins. Used by `memory-beat.ts`.
 */
import type { ProberSession } from './model/memory.ts';
import { newId } from './new-id.ts';

/**
 * If more than this passes between two calls of the returned function, the time span ends. Normally ten seconds pass.
 */
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
