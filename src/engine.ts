/**
 * Composes tokens, credentials, probe, diagnosis and status for both `daemon` and `check`. The daemon calls it on a
 * schedule, `check` calls it once. It does not decide when to probe, and it reports nothing.
 */
import { diagnoseCutOff } from './diagnosis/diagnose-cut-off.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { diagnoseOverload, type OverloadFacts } from './diagnosis/diagnose-overload.ts';
import { diagnoseStore } from './diagnosis/diagnose-store.ts';
import { createCredentialDiagnoser } from './credential-diagnoser.ts';
import type { Context } from './model/context.ts';
import type { Diagnosis } from './model/diagnosis.ts';
import { isAcceptedUnfit, isEndedByUs, type Evidence } from './model/evidence.ts';
import type { Files } from './model/files.ts';
import type { Memories, StateChange } from './model/memory.ts';
import { asOf } from './model/freshness.ts';
import type { Redactor } from './model/redactor.ts';
import type { Snapshot, StatusChange } from './model/status.ts';
import type { StoreError } from './model/store-error.ts';
import type { Protocol } from './model/protocol.ts';
import { targetKey, type App, type Target } from './model/target.ts';
import { type CredentialStore, createCredentialStore } from './probe/credential/credential-store.ts';
import { createControlConnections, needsControl, type ControlAnswer } from './probe/control-connection.ts';
import type { Lookup } from './probe/network/resolve.ts';
import { createOtherAddresses } from './probe/other-addresses.ts';
import { createProbe } from './probe/probe.ts';
import { createTokenCache } from './probe/token/token-cache.ts';
import type { TokenCache, TokenOutcome } from './probe/token/token-source.ts';
import { inSlices } from './in-slices.ts';
import type { Trace } from './model/trace.ts';
import { createReaders } from './readers.ts';
import { createStatusStore, type StatusStore } from './status/status-store.ts';

export interface EngineEdges {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly redactor: Redactor;
  /** Called with every answer to a token request, whichever part sent it. */
  readonly onTokenAnswer: (app: App, scope: string, outcome: TokenOutcome) => void;
  /** A target's confirmed state changed, or its watch began or ended. Used to store the change. */
  readonly onStateChange?: (change: StateChange) => void;
  readonly onBug: (error: unknown) => void;
  /** The name of this replica, where there are several. */
  readonly prober?: string;
  /** Resolves the name of a mail host, for tests. The default is the system's resolver. */
  readonly lookup?: Lookup;
}

/** The evidence of a probe, and the mailboxes that it made unknown because our own network is down. */
export interface Observation {
  readonly evidence: Evidence;
  readonly changes: readonly StatusChange[];
}

export type EngineMemories = Pick<Memories, 'targets' | 'incidents' | 'tokens' | 'credentials'>;

export interface Engine {
  readonly tokens: TokenCache;
  readonly credentials: CredentialStore;
  readonly status: StatusStore;
  /** Replaces the apps and targets, in slices. The caller updates the credentials. */
  readonly update: (apps: readonly App[], targets: readonly Target[]) => Promise<void>;
  /**
   * Probes the target. If the mail host was silent, also tries its other addresses and the token host, because our own
   * network may be down.
   */
  readonly observe: (target: Target, signal: AbortSignal, trace?: Trace) => Promise<Observation>;
  /** Everything else that is known when the evidence is diagnosed. */
  readonly contextFor: (target: Target, evidence: Evidence) => Context;
  readonly diagnose: (evidence: Evidence, context: Context) => readonly Diagnosis[];
  /** Diagnoses the app's credential and records the result. Empty before anything is known about it. */
  readonly diagnoseCredential: (app: App) => readonly Diagnosis[];
  /** Diagnoses it again if the last diagnosis relied on a token that has expired since. */
  readonly rejudgeCredential: (app: App) => void;
  /** Records that notifications do not arrive, or with undefined that they do again. */
  readonly recordNotifications: (diagnosis: Diagnosis | undefined) => void;
  /** Records that probes start too late for their interval, or with undefined that they no longer do. */
  readonly recordOverload: (overload: OverloadFacts | undefined) => void;
  /** Records that the store is unavailable, or with undefined that it is available again. */
  readonly recordStore: (failure: Pick<StoreError, 'code' | 'message'> | undefined) => void;
  /** Takes the state that the previous process stored. Must come before the first `update`. */
  readonly restore: (memories: EngineMemories) => void;
  /** The same as `restore`, if the store could be read only later. */
  readonly restoreLate: (memories: EngineMemories, now: number) => void;
  readonly snapshot: () => Snapshot;
  /** Ends token requests in flight. */
  readonly close: () => void;
}

const NOT_ASKED: ControlAnswer = { at: 0, until: 0 };

export function createEngine(edges: EngineEdges): Engine {
  const { env, files, redactor, onTokenAnswer, onStateChange, onBug, prober, lookup } = edges;
  const readers = { ...createReaders({ env, files }), redactor };
  const tokens = createTokenCache({ ...readers, onAnswer: onTokenAnswer });
  const credentials = createCredentialStore({ ...readers, tokens });
  const status = createStatusStore({
    diagnoseCutOff,
    ...(onStateChange && { onStateChange }),
    ...(prober === undefined ? {} : { prober }),
  });
  const probe = createProbe({ tokens, redactor, reportBug: onBug, ...(lookup && { lookup }) });
  const askTokenHost = createControlConnections(redactor);
  const tryOtherAddresses = createOtherAddresses();
  const diagnoser = createCredentialDiagnoser();
  let targetsByApp: ReadonlyMap<string, readonly Target[]> = new Map();

  const diagnoseCredential = (app: App): readonly Diagnosis[] => {
    const credential = credentials.statusOf(app.id);
    if (credential === undefined) return [];
    const diagnoses = diagnoser.diagnose(
      app,
      credential,
      tokens.stateOf(app),
      targetsByApp.get(app.id) ?? [],
      Date.now(),
      provenProtocols(targetsByApp.get(app.id) ?? [], (key) => status.get(key)?.lastProbe?.evidence),
    );
    status.recordAppDiagnoses(app, diagnoses, Date.now());
    return diagnoses;
  };

  const restoreApps = (memories: Pick<Memories, 'tokens' | 'credentials'>): void => {
    tokens.restore(memories.tokens.map(({ state }) => state));
    credentials.restore(memories.credentials.map((one) => one.status));
  };

  return {
    tokens,
    credentials,
    status,
    update: async (apps, targets) => {
      targetsByApp = Map.groupBy(targets, ({ app }) => app.id);
      tokens.retain(apps);
      await inSlices(status.updateInSteps(targets, Date.now()));
    },
    observe: async (target, signal, trace) => {
      const probed = await probe(target, signal, trace);
      if (isEndedByUs(probed)) return { evidence: probed, changes: [] };
      const { app } = target;
      const [evidence, { spoke, ...when }] = await Promise.all([
        tryOtherAddresses(probed, target),
        needsControl(probed) ? askTokenHost(app) : NOT_ASKED,
      ]);
      if (spoke === undefined) return { evidence, changes: [] };
      const sign = { role: 'token', host: app.authority, spoke, ...when } as const;
      return { evidence, changes: status.setControl(sign, Date.now()) };
    },
    contextFor: (target, evidence) => {
      const token = tokens.stateOf(target.app);
      const credential = credentials.statusOf(target.app.id);
      const facts = {
        ...(token === undefined ? {} : { token }),
        ...(credential === undefined ? {} : { credential }),
      };
      return status.contextFor(target, evidence, Date.now(), facts);
    },
    diagnose,
    diagnoseCredential,
    rejudgeCredential: (app) => {
      if (diagnoser.isOutdated(app, Date.now())) diagnoseCredential(app);
    },
    recordNotifications: (diagnosis) =>
      status.recordProberDiagnoses('notifications', diagnosis === undefined ? [] : [diagnosis], Date.now()),
    recordOverload: (overload) => {
      const now = Date.now();
      const diagnoses = overload === undefined ? [] : [diagnoseOverload(overload, now, prober)];
      status.recordProberDiagnoses('schedule', diagnoses, now);
    },
    recordStore: (failure) => {
      const now = Date.now();
      const diagnoses = failure === undefined ? [] : [diagnoseStore(failure, now, prober)];
      status.recordProberDiagnoses('store', diagnoses, now);
    },
    restore: (memories) => {
      status.restore(memories.targets, memories.incidents);
      restoreApps(memories);
    },
    restoreLate: (memories, now) => {
      status.restoreLate(memories.targets, now);
      restoreApps(memories);
      for (const [target] of targetsByApp.values()) if (target !== undefined) diagnoseCredential(target.app);
    },
    snapshot: () => {
      const at = Date.now();
      return {
        at,
        targets: asOf(status.targets(), at),
        tokens: tokens.states(),
        problems: status.problems(at),
      };
    },
    close: () => tokens.close(),
  };
}

/** The protocols over which a mailbox accepted a token without the permission. */
function provenProtocols(
  own: readonly Target[],
  lastProbe: (key: string) => Evidence | undefined,
): ReadonlySet<Protocol> {
  return new Set(
    own.flatMap((target) => {
      const evidence = lastProbe(targetKey(target));
      return evidence !== undefined && isAcceptedUnfit(evidence) ? [target.protocol] : [];
    }),
  );
}
