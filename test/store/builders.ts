/** Rows for the tests of the store, whole unless the test says otherwise. */
import type { Incident } from '../../src/model/incident.ts';
import type {
  MaintenanceWindow,
  OutboxMessage,
  ProberSession,
  StateChange,
  TargetMemory,
} from '../../src/model/memory.ts';
import { aDiagnosis, NOON } from '../support/builders.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export function aTargetMemory(overrides: Partial<TargetMemory> = {}): TargetMemory {
  const mailbox = overrides.mailbox ?? 'qms';
  const protocol = overrides.protocol ?? 'imap';
  return {
    key: `${mailbox} ${protocol}`,
    mailbox,
    protocol,
    app: 'plm',
    labels: {},
    identity: `${mailbox}@contoso.example plm outlook.office365.com:993`,
    confirmed: 'up',
    confirmedSince: NOON,
    consecutiveSuccesses: 3,
    consecutiveFailures: 0,
    blamedFailures: 0,
    probesTotal: 7,
    failuresByCause: {},
    history: [],
    ...overrides,
  };
}

export function aChange(
  state: StateChange['state'],
  at: number,
  overrides: Partial<StateChange> = {},
): StateChange {
  const mailbox = overrides.mailbox ?? 'qms';
  const protocol = overrides.protocol ?? 'imap';
  return { key: `${mailbox} ${protocol}`, mailbox, protocol, app: 'plm', at, state, ...overrides };
}

export function anIncident(id: string, overrides: Partial<Incident> = {}): Incident {
  return {
    id,
    problem: `secret-expired:app:${id}`,
    cause: 'secret-expired',
    scope: 'mailbox',
    subject: 'qms',
    owner: 'entra-admin',
    severity: 'critical',
    confidence: 'certain',
    title: 'The client secret has expired',
    opened: NOON,
    confirmed: NOON + 300_000,
    state: 'open',
    formerCauses: [],
    affectedMailboxes: [{ id: 'qms', since: NOON }],
    peakAffected: 1,
    advisory: false,
    spells: [NOON],
    diagnosis: aDiagnosis(),
    ...overrides,
  };
}

export function aMessage(id: string, overrides: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    id,
    channel: 'ops',
    message: 'opened',
    body: '{"title":"secret"}',
    due: NOON,
    attempts: 0,
    createdAt: NOON,
    ...overrides,
  };
}

export function aSession(from: number, until: number, id = `session-${from}`): ProberSession {
  return { id, from, until };
}

export function aWindow(id: string, from: number, until?: number): MaintenanceWindow {
  return { id, from, ...(until === undefined ? {} : { until }), by: 'it', note: 'patches' };
}
