/**
 * Sends the notifications of the daemon. Connects `notify/` to the journal, to incidents and to maintenance windows.
 * Logs and counts the outcome of each notification. A channel that keeps failing becomes a problem of the prober
 * itself. Created by `recording.ts`.
 */
import type { Logger } from 'pino';
import { createChannelEdges } from './channel-edges.ts';
import type { Config } from './config/config.ts';
import type { Surroundings } from './config/surroundings.ts';
import { diagnoseNotify } from './diagnosis/diagnose-notify.ts';
import type { Engine } from './engine.ts';
import { isSimulated } from './is-simulated.ts';
import type { Incident } from './model/incident.ts';
import type { IncidentQuery, Page } from './model/past.ts';
import type { Redactor } from './model/redactor.ts';
import type { KnownIncident } from './notify/composer.ts';
import { createNotifier, type Notifier, type NotifierEdges } from './notify/notifier.ts';
import type { SettledOutcome } from './notify/settle.ts';
import type { Remembering } from './remember.ts';
import { createNotificationCounts, type NotificationCount } from './notification-counts.ts';

export interface NotificationParts extends Surroundings {
  readonly engine: Pick<Engine, 'tokens' | 'status' | 'recordNotifications'>;
  /** A function, because its result is created after the notifications: creating it needs their `plan`. */
  readonly remembering: () => Pick<Remembering, 'journal' | 'incidents' | 'past' | 'maintenance'>;
  /** Returns the longest recent delay of a probe's start. */
  readonly lagSeconds: () => number;
  /** The name of this replica, if there are several. */
  readonly prober?: string;
  readonly redactor: Redactor;
  readonly logger: Logger;
  /** True if the tenant is simulated. Every notification then begins with the word SIMULATED. */
  readonly simulated: boolean;
  readonly onBug: (error: unknown) => void;
}

export interface Notifications extends Pick<Notifier, 'plan' | 'start' | 'close'> {
  readonly update: (config: Config) => void;
  /** Call this every few seconds. A channel that has failed for long enough becomes a problem. */
  readonly review: () => void;
  readonly counts: () => readonly NotificationCount[];
}

const PAGE = 500;
/** If probes start with a longer delay than this, no heartbeat is sent. */
const LATEST_SECONDS = 60;
/**
 * A channel that fails for less than this is not a problem yet. A channel that refused a message for good is a problem
 * at once.
 */
const FAILING_MS = 5 * 60_000;

export function createNotifications(initial: Config, parts: NotificationParts): Notifications {
  const { engine, remembering } = parts;
  const counts = createNotificationCounts();
  let config = initial;
  const review = (): void => {
    const now = Date.now();
    const failing = notifier.failures().filter(({ since, refused }) => refused || now - since >= FAILING_MS);
    engine.recordNotifications(failing.length === 0 ? undefined : diagnoseNotify(failing, now, parts.prober));
  };
  const notifier = createNotifier(initial.notify, {
    ...createChannelEdges({
      ...parts,
      network: () => config.network,
      apps: () => config.apps,
      tokens: engine.tokens,
    }),
    clock: systemClock,
    outbox: {
      takeDue: async (request) => await remembering().journal.takeDue(request),
      note: (changes) => remembering().journal.note(changes),
      flush: async () => await remembering().journal.flush(),
    },
    knowledge: knowledgeOf(parts, () => config),
    simulated: () => parts.simulated || isSimulated(config),
    isOnTime: () => parts.lagSeconds() <= LATEST_SECONDS,
    onOutcome: (channel, outcome, detail) => {
      counts.add(channel, outcome);
      logOutcome(parts, channel, outcome, detail);
      review();
    },
    onHeartbeat: (result) => {
      if (result.outcome === 'accepted') return;
      const fields = { event: 'heartbeat_failed', reason: parts.redactor.redact(result.reason) };
      parts.logger.warn(fields, 'the heartbeat was not delivered');
    },
    onBug: parts.onBug,
  });
  counts.channels(initial.notify);

  return {
    plan: notifier.plan,
    start: notifier.start,
    close: notifier.close,
    update: (next) => {
      config = next;
      counts.channels(next.notify);
      notifier.update(next.notify);
      review();
    },
    review,
    counts: counts.all,
  };
}

const systemClock: NotifierEdges['clock'] = {
  now: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
};

function knowledgeOf(
  { engine, remembering, prober }: NotificationParts,
  config: () => Config,
): NotifierEdges['knowledge'] {
  const isShared = prober !== undefined;
  return {
    incident: async (id) => await knownIncident(id, remembering(), isShared),
    openIncidents: async () => await openIncidents(remembering(), isShared),
    mailbox: (id) => config().mailboxes.find((mailbox) => mailbox.id === id),
    isDown: (mailbox) => engine.status.incidentSources.targetsOf(mailbox).some(({ isUp }) => !isUp),
    mutedUntil: (incident, now) => mutedUntil(incident, now, remembering()),
  };
}

function logOutcome(
  { redactor, logger }: NotificationParts,
  channel: string,
  outcome: SettledOutcome,
  detail: string | undefined,
): void {
  const fields = {
    event: 'notification',
    channel,
    outcome,
    ...(detail && { detail: redactor.redact(detail) }),
  };
  if (outcome === 'failed') logger.warn(fields, `a notification through ${channel} was given up`);
  else logger.debug(fields, `notification through ${channel}: ${outcome}`);
}

async function knownIncident(
  id: string,
  { incidents, past }: Pick<Remembering, 'incidents' | 'past'>,
  isShared: boolean,
): Promise<KnownIncident | undefined> {
  const live = incidents.all().find((incident) => incident.id === id);
  const stored = await past.incident(id).catch(() => undefined);
  // Each of several replicas knows only its own mailboxes, but the store knows all.
  if (live === undefined || (isShared && stored !== undefined)) return stored;
  return { ...live, deliveries: stored?.deliveries ?? [] };
}

async function openIncidents(
  { incidents, past }: Pick<Remembering, 'incidents' | 'past'>,
  isShared: boolean,
): Promise<readonly Incident[]> {
  const own = incidents.all().filter(({ closed }) => closed === undefined);
  if (!isShared) return own;
  const known: Incident[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const query: IncidentQuery = { state: 'open', limit: PAGE, ...(after === '' ? {} : { after }) };
    const page: Page<Incident> | undefined = await past.incidents(query).catch(() => undefined);
    if (page === undefined) return own;
    known.push(...page.items);
    after = page.next;
  }
  return known;
}

/**
 * Returns when the maintenance window over the affected mailboxes ends, in epoch milliseconds. Infinity for a window
 * without an end, undefined without a window. A closed incident is judged by the mailboxes that it affected at the end.
 */
export function mutedUntil(
  incident: Incident,
  now: number,
  { maintenance }: Pick<Remembering, 'maintenance'>,
): number | undefined {
  const { affectedMailboxes, closed } = incident;
  const last = affectedMailboxes.filter(({ until }) => until === undefined || until === closed);
  const window = maintenance.overIncident(
    { affectedMailboxes: last.map(({ id, since }) => ({ id, since })) },
    now,
  );
  return window === undefined ? undefined : (window.until ?? Number.POSITIVE_INFINITY);
}
