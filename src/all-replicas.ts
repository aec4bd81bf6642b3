/**
 * Combines the state of all replicas, so that each replica can show all mailboxes. Every few seconds it reads the
 * targets, incidents, acknowledgements and maintenance windows that other replicas have stored. It passes a request for
 * a probe to the replica that probes the app. Created by `app-share.ts`.
 */
import { createAllNews } from './all-news.ts';
import { createAskedProbes } from './asked-probes.ts';
import type { Config } from './config/config.ts';
import type { Engine } from './engine.ts';
import type { AnsweredProbe } from './model/asked-probe.ts';
import type { CredentialStatus } from './model/credential.ts';
import type { Incident } from './model/incident.ts';
import type { Lease } from './model/lease.ts';
import type { Protocol } from './model/protocol.ts';
import type { Snapshot, TargetStatus } from './model/status.ts';
import { type App, targetKey } from './model/target.ts';
import { REOPENS_WITHIN_MS } from './open-store.ts';
import { createOtherIncidents } from './other-incidents.ts';
import { createOtherReplicas } from './other-replicas.ts';
import type { ProbeOnDemand } from './probe-on-demand.ts';
import type { Recording } from './recording.ts';
import type { SharedStore } from './shared-store.ts';

export interface AllReplicasParts {
  readonly shared: SharedStore;
  readonly engine: () => Engine;
  readonly recording: () => Pick<Recording, 'remembering' | 'events'>;
  readonly probeHere: ProbeOnDemand;
  readonly lease: () => Lease | undefined;
  readonly isOurMailbox: (id: string) => boolean;
  readonly onAway: (error: unknown) => void;
}

export interface AllReplicas {
  /** `mine`: the ids of the apps that this replica probes. */
  readonly update: (config: Config, mine: ReadonlySet<string>) => void;
  /**
   * Reads what other replicas have stored. If the store is unavailable, the state that was read before stays in use.
   */
  readonly sync: () => Promise<void>;
  /** When the state of other replicas was last read, in epoch milliseconds. */
  readonly readAt: () => number | undefined;
  readonly snapshot: (own: Snapshot) => Snapshot;
  readonly credentials: (own: readonly CredentialStatus[]) => readonly CredentialStatus[];
  readonly incidents: (own: readonly Incident[]) => readonly Incident[];
  /** Publishes the problems and incidents, on any replica, that have changed since the last call. */
  readonly publishNews: (now: number) => void;
  /** Asks the replica that probes the app to probe this mailbox. Rejects if that replica does not answer in time. */
  readonly probeThere: (
    app: App,
    mailbox: string,
    protocols?: readonly Protocol[],
  ) => Promise<readonly TargetStatus[]>;
  readonly close: () => void;
}

export function createAllReplicas(parts: AllReplicasParts): AllReplicas {
  const { shared, engine, recording, probeHere, lease, isOurMailbox, onAway } = parts;
  const { store, name } = shared;
  const others = createOtherReplicas(store, (change) => recording().events.publishChange(change));
  const incidents = createOtherIncidents(store, isOurMailbox);
  const allNews = createAllNews(() => recording().events);
  const asked = createAskedProbes({
    store,
    lease,
    probeHere: async (mailbox, protocols) => answerOf(name, await probeHere(mailbox, protocols), engine()),
    onError: onAway,
  });
  let isSyncing = false;

  const publishNews = (now: number): void => {
    if (!others.isComplete()) return;
    const own = recording().remembering.incidents.all();
    allNews(others.problems(engine().status.problems(now)), incidents.merged(own), now);
  };
  const read = async (): Promise<void> => {
    const { maintenance, incidents: own } = recording().remembering;
    const seen = maintenance.version();
    const windows = await store.maintenance({ from: Date.now(), until: Number.MAX_SAFE_INTEGER });
    maintenance.replace(windows, seen);
    await others.refresh();
    acknowledgeAlike(own, await incidents.refresh(Date.now() - REOPENS_WITHIN_MS));
    publishNews(Date.now());
  };

  return {
    update: others.update,
    sync: async () => {
      if (isSyncing) return;
      isSyncing = true;
      await read()
        .catch(onAway)
        .finally(() => {
          isSyncing = false;
        });
    },
    readAt: others.readAt,
    snapshot: others.snapshot,
    credentials: others.credentials,
    incidents: incidents.merged,
    publishNews,
    probeThere: async (app, mailbox, protocols) =>
      others.learn(await asked.askAnother(app, mailbox, protocols)),
    close: asked.close,
  };
}

/**
 * Copies acknowledgements from the store to the incidents of this replica. Another replica may have received or
 * withdrawn them.
 */
function acknowledgeAlike(
  { all, acknowledge }: Pick<Recording['remembering']['incidents'], 'all' | 'acknowledge'>,
  stored: readonly Incident[],
): void {
  const own = new Map(all().map((incident) => [incident.id, incident]));
  for (const { id, acknowledgement } of stored) {
    const known = own.get(id);
    if (known !== undefined && JSON.stringify(known.acknowledgement) !== JSON.stringify(acknowledgement))
      acknowledge(id, acknowledgement);
  }
}

function answerOf(replica: string, probed: readonly TargetStatus[], { status }: Engine): AnsweredProbe {
  const targets = probed.flatMap(({ target, lastProbe }) => {
    const memory = status.memoryOf(targetKey(target));
    return memory === undefined ? [] : [{ memory, ...(lastProbe && { lastProbe }) }];
  });
  return { replica, targets };
}
