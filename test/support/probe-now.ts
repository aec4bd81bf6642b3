/** Has a daemon probe a mailbox at once, over HTTP, and resolves when the probe has ended. */
import type { Daemon } from '../../src/daemon.ts';
import { until } from './until.ts';

/** The daemon limits requests for probes: then later. */
export async function probeNow({ url }: Pick<Daemon, 'url'>, mailbox: string): Promise<void> {
  await until(`a probe of ${mailbox}`, async () => {
    const response = await fetch(`${url}/api/v1/mailboxes/${mailbox}/probe`, {
      method: 'POST',
      // None is left that would look like something under way.
      headers: { connection: 'close' },
    });
    await response.text();
    return response.ok ? true : undefined;
  });
}
