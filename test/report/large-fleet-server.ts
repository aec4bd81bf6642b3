/** A server for a large fleet, with its incidents in a store in memory. */
import { createMaintenanceWindows } from '../../src/maintenance-windows.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { createPast } from '../../src/past.ts';
import { createHttpServer } from '../../src/report/http-server.ts';
import { createMetrics } from '../../src/report/metrics.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { aSource } from './fleet.ts';
import type { Fleet } from './large-fleet.ts';

export async function createFleetServer({ apps, snapshot, credentials, incidents }: Fleet) {
  const store = createMemoryStore();
  const journal = createJournal({ store });
  journal.note({
    incidents,
    stateChanges: snapshot.targets.map(
      ({ target: { mailbox, protocol, app }, confirmed, confirmedSince = 0 }) => ({
        key: `${mailbox.id} ${protocol}`,
        mailbox: mailbox.id,
        protocol,
        app: app.id,
        at: confirmedSince,
        state: confirmed,
      }),
    ),
    session: { id: 'session', from: snapshot.at - 30 * 86_400_000, until: snapshot.at },
  });
  await journal.flush();
  const past = createPast({
    store,
    journal,
    live: { all: () => incidents, appOf: (id) => appOf.get(id) },
    onAcknowledged: () => undefined,
  });
  const appOf = new Map(snapshot.targets.map(({ target }) => [target.mailbox.id, target.app.id]));
  const source = aSource({
    apps: () => apps,
    snapshot: () => snapshot,
    credentials: () => credentials,
    incidents: { all: () => incidents, counts: () => [] },
    past,
    maintenance: createMaintenanceWindows(store),
  });
  return await createHttpServer(source, { metrics: createMetrics(source), redactor: createRedactor() });
}
