/** What was, for the tests of report/: a store in memory behind its journal, with an incident and a window in it. */
import { createMaintenanceWindows } from '../../src/maintenance-windows.ts';
import type { Incident } from '../../src/model/incident.ts';
import { createPast } from '../../src/past.ts';
import type { ReportSource } from '../../src/report/source.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { aDiagnosis, NOON } from '../support/builders.ts';

export const INCIDENT = '019ac000-0000-7000-8000-000000000001';
export const WINDOW = '019ac000-0000-7000-8000-0000000000aa';
export const SECOND_WINDOW = '019ac000-0000-7000-8000-0000000000ab';
export const THIRD_WINDOW = '019ac000-0000-7000-8000-0000000000ac';

export function anIncident(changes: Partial<Incident> = {}): Incident {
  const diagnosis = aDiagnosis();
  const { cause, scope, subject, owner, severity, confidence, title } = diagnosis;
  return {
    id: INCIDENT,
    problem: `${cause}:${scope}:${subject}`,
    cause,
    scope,
    subject,
    owner,
    severity,
    confidence,
    title,
    opened: NOON,
    confirmed: NOON + 5 * 60_000,
    state: 'open',
    formerCauses: [],
    affectedMailboxes: [{ id: 'sales', since: NOON }],
    peakAffected: 1,
    advisory: false,
    spells: [NOON],
    diagnosis,
    ...changes,
  };
}

export function aPast(): Pick<ReportSource, 'past' | 'maintenance'> {
  const store = createMemoryStore();
  const journal = createJournal({ store });
  journal.note({
    incidents: [anIncident()],
    stateChanges: [
      { key: 'sales imap', mailbox: 'sales', protocol: 'imap', app: 'plm', at: NOON, state: 'up' },
    ],
  });
  const maintenance = createMaintenanceWindows(store);
  maintenance.restore(
    [WINDOW, SECOND_WINDOW, THIRD_WINDOW].map((id) => ({ id, from: NOON, by: 'Ada', note: 'Move' })),
  );
  const past = createPast({
    store,
    journal,
    live: { all: () => [], appOf: () => undefined },
    onAcknowledged: () => undefined,
  });
  return { past, maintenance };
}
