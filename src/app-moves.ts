/**
 * Moves apps between replicas. An app that comes from another replica is probed here, with the state that the other
 * replica stored. An app that goes to another replica is no longer probed here, and its state is stored. Open incidents
 * stay open in both cases. Created by `app-share.ts`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AllReplicas } from './all-replicas.ts';
import type { Cluster, ClusterEdges } from './cluster/cluster.ts';
import type { Incident } from './model/incident.ts';
import { REOPENS_WITHIN_MS } from './open-store.ts';
import type { OwnApps } from './own-apps.ts';
import type { Recording } from './recording.ts';
import type { SharedStore } from './shared-store.ts';
import type { Watching } from './watching.ts';

export interface AppMovesParts {
  readonly own: OwnApps;
  readonly shared: SharedStore;
  readonly watching: () => Watching;
  readonly recording: () => Pick<Recording, 'remembering' | 'announcer'>;
  readonly lease: Cluster['lease'];
  readonly all: () => Pick<AllReplicas, 'update'> | undefined;
  readonly logger: Logger;
  readonly onAway: (error: unknown) => void;
}

/** If the store is unavailable, the last write of a released app is retried for at most this time. */
const WRITE_WITHIN_MS = 8_000;
const WRITE_PAUSE_MS = 200;

export function createAppMoves(
  parts: AppMovesParts,
): Pick<ClusterEdges, 'onGained' | 'onReleasing' | 'onLost'> {
  const { own, recording, logger, onAway } = parts;
  const log = (event: string, apps: readonly string[]): void => {
    if (apps.length > 0) logger.info({ event, apps }, `${event.replace('_', ' ')}: ${apps.join(', ')}`);
  };
  return {
    onGained: async (apps) => {
      const gained = await own.inTurn(async () => await gain(parts, apps));
      log('apps_gained', gained);
    },
    onReleasing: async (apps) => {
      logger.debug({ event: 'apps_releasing', apps }, `ending the probes of ${apps.join(', ')}`);
      await own.inTurn(async () => await drop(parts, apps));
      await writeLast(recording().remembering);
      log('apps_released', apps);
    },
    onLost: (apps) => {
      recording().remembering.sharing.forget((app) => apps.includes(app));
      own.inTurn(async () => await drop(parts, apps)).catch(onAway);
      log('apps_lost', apps);
    },
  };
}

/**
 * Restores the stored state of the apps and starts to probe them. Returns these apps, except those whose lease ended
 * while the state was read.
 */
async function gain(
  { own, shared, watching, recording, lease, all }: AppMovesParts,
  apps: readonly string[],
): Promise<readonly string[]> {
  const { mine, part, isOurMailbox } = own;
  const now = Date.now();
  const memories = await shared.store.loadApps(apps, now - REOPENS_WITHIN_MS);
  const still = new Set(apps.filter((app) => lease()?.epochs.has(app)));
  const config = own.config();
  if (config === undefined) return [];
  for (const app of still) mine.add(app);
  const { sharing } = recording().remembering;
  sharing.forget((app) => still.has(app));
  watching().engine.restore({
    targets: memories.targets.filter(({ app }) => still.has(app)),
    incidents: memories.incidents,
    credentials: memories.credentials,
    tokens: memories.tokens,
  });
  await watching().know(part(config));
  all()?.update(config, mine);
  const isOurs = ({ scope, subject }: Incident): boolean => scope !== 'prober' || subject === shared.name;
  sharing.gain(
    memories.incidents.filter(isOurs).flatMap((one) => ownPart(one, isOurMailbox)),
    now,
  );
  await watching().schedule(part(config));
  recording().announcer.note();
  return [...still];
}

/** Ends the probes of these apps. Their incidents stay open, because another replica continues them. */
async function drop(
  { own, watching, recording, all }: AppMovesParts,
  apps: readonly string[],
): Promise<void> {
  const { mine, part, appOf } = own;
  const config = own.config();
  const gone = new Set(apps.filter((app) => mine.delete(app)));
  if (gone.size === 0 || config === undefined) return;
  all()?.update(config, mine);
  await watching().schedule(part(config));
  recording().remembering.sharing.handOver({
    mailbox: (id) => gone.has(appOf(id) ?? ''),
    app: (id) => gone.has(id),
  });
  await watching().know(part(config));
}

async function writeLast({ journal }: Pick<Recording['remembering'], 'journal'>): Promise<void> {
  for (let waitedMs = 0; waitedMs < WRITE_WITHIN_MS; waitedMs += WRITE_PAUSE_MS) {
    await journal.flush();
    if (journal.state().up) break;
    await pause(WRITE_PAUSE_MS);
  }
}

/**
 * Reduces the incident to the mailboxes that this replica probes. Returns an empty list if the incident affects only
 * other mailboxes.
 */
function ownPart(incident: Incident, isOurs: (mailbox: string) => boolean): readonly Incident[] {
  const affectedMailboxes = incident.affectedMailboxes.filter(({ id }) => isOurs(id));
  const isWithout = incident.affectedMailboxes.length > 0 && affectedMailboxes.length === 0;
  return isWithout ? [] : [{ ...incident, affectedMailboxes }];
}
