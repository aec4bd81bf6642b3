/**
 * Waits until no probe, no request and no check of a credential is under way in this process, however fast the machine
 * is. For daemons in this process: only then may a test move their clock.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './until.ts';

/** A check of a credential that is due begins within a millisecond. */
const QUIET_TURNS = 10;
/** A connection, a lookup or a file; what only waits for connections or for its time is not under way. */
const UNDER_WAY = /Socket|TLS|Connect|Req|Shutdown/;

/** `isPending`: is something due that has not begun? */
export async function untilStill(isPending: () => boolean = () => false): Promise<void> {
  const isBusy = (): boolean =>
    isPending() || process.getActiveResourcesInfo().some((name) => UNDER_WAY.test(name));
  await until('the probes and checks to end', async () => {
    for (let turn = 0; turn < QUIET_TURNS; turn += 1) {
      if (isBusy()) return undefined;
      await delay(1);
    }
    return isBusy() ? undefined : true;
  });
}
