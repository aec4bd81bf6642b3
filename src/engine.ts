/**
 * Connects tokens, credentials, probes, diagnosis and status. It neither decides when to probe nor reports the results.
 * The daemon calls it on a schedule, `check` calls it once.
 */
import { createAppDiagnoses, type AppDiagnoses } from './app-diagnoses.ts';
import { diagnoseCutOff } from './diagnosis/diagnose-cut-off.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import type { Context } from './model/context.ts';
import type { Diagnosis } from './model/diagnosis.ts';
import type { Evidence } from './model/evidence.ts';
import type { Files } from './model/files.ts';
import type { Memories, StateChange } from './model/memory.ts';
import type { Redactor } from './model/redactor.ts';
import type { Snapshot } from './model/status.ts';
import type { App, Target } from './model/target.ts';
import { type CredentialStore, createCredentialStore } from './probe/credential/credential-store.ts';
import type { Lookup } from './probe/network/resolve.ts';
import { createProbe } from './probe/probe.ts';
import { createTokenCache } from './probe/token/token-cache.ts';
import type { TokenCache, TokenOutcome } from './probe/token/token-source.ts';
import { inSlices } from './in-slices.ts';
import { createObserve, type Observe } from './observe.ts';
import { createProberProblems, type ProberProblems } from './prober-problems.ts';
import { createReaders } from './readers.ts';
import { type AppFacts, createStatusStore, type StatusStore } from './status/status-store.ts';

export interface EngineEdges {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly redactor: Redactor;
  /** Called after every token request. */
  readonly onTokenAnswer: (app: App, scope: string, outcome: TokenOutcome) => void;
  /**
   * Called when a target's confirmed state changes, and when a target is added or removed. Used to store the change.
   */
  readonly onStateChange?: (change: StateChange) => void;
  readonly onBug: (error: unknown) => void;
  /** The name of this replica, if there are several. */
  readonly prober?: string;
  /** Resolves the name of a mail host, for tests. The default is the system's resolver. */
  readonly lookup?: Lookup;
}

export type EngineMemories = Pick<Memories, 'targets' | 'incidents' | 'tokens' | 'credentials'>;

export interface Engine extends AppDiagnoses, ProberProblems {
  readonly tokens: TokenCache;
  readonly credentials: CredentialStore;
  readonly status: StatusStore;
  /** Replaces the apps and targets. Does not update the credentials. */
  readonly update: (apps: readonly App[], targets: readonly Target[]) => Promise<void>;
  readonly observe: Observe;
  /** Returns what the diagnosis needs to know besides the evidence. */
  readonly contextFor: (target: Target, evidence: Evidence) => Context;
  readonly diagnose: (evidence: Evidence, context: Context) => readonly Diagnosis[];
  /** Restores the state that the previous process stored. Must be called before the first `update`. */
  readonly restore: (memories: EngineMemories) => void;
  /** Like `restore`, but called later, if the store was unavailable at the start. */
  readonly restoreLate: (memories: EngineMemories, now: number) => void;
  readonly snapshot: () => Snapshot;
  /** Ends token requests in flight. */
  readonly close: () => void;
}

export function createEngine(edges: EngineEdges): Engine {
  const { redactor, onTokenAnswer, onStateChange, onBug, prober, lookup } = edges;
  const readers = { ...createReaders(edges), redactor };
  const tokens = createTokenCache({ ...readers, onAnswer: onTokenAnswer });
  const credentials = createCredentialStore({ ...readers, tokens });
  const status = createStatusStore({
    diagnoseCutOff,
    ...(onStateChange && { onStateChange }),
    ...(prober === undefined ? {} : { prober }),
  });
  let targetsByApp: ReadonlyMap<string, readonly Target[]> = new Map();
  const appDiagnoses = createAppDiagnoses(
    { tokens, credentials, status },
    (app) => targetsByApp.get(app) ?? [],
  );

  return {
    tokens,
    credentials,
    status,
    update: async (apps, targets) => {
      targetsByApp = Map.groupBy(targets, ({ app }) => app.id);
      tokens.retain(apps);
      await inSlices(status.updateInSteps(targets, Date.now()));
    },
    observe: createObserve(createProbe({ tokens, redactor, reportBug: onBug, ...(lookup && { lookup }) }), {
      redactor,
      status,
    }),
    contextFor: (target, evidence) =>
      status.contextFor(target, evidence, Date.now(), factsAbout(target.app, { tokens, credentials })),
    diagnose,
    ...appDiagnoses,
    ...createProberProblems(status, prober),
    restore: (memories) => {
      status.restore(memories.targets, memories.incidents);
      restoreApps({ tokens, credentials }, memories);
    },
    restoreLate: (memories, now) => {
      status.restoreLate(memories.targets, now);
      restoreApps({ tokens, credentials }, memories);
      for (const [target] of targetsByApp.values())
        if (target !== undefined) appDiagnoses.diagnoseCredential(target.app);
    },
    snapshot: () => {
      const at = Date.now();
      return {
        at,
        targets: status.targetsAsOf(at),
        tokens: tokens.states(),
        problems: status.problems(at),
      };
    },
    close: () => tokens.close(),
  };
}

function factsAbout(app: App, { tokens, credentials }: Pick<Engine, 'tokens' | 'credentials'>): AppFacts {
  const token = tokens.stateOf(app);
  const credential = credentials.statusOf(app.id);
  return {
    ...(token === undefined ? {} : { token }),
    ...(credential === undefined ? {} : { credential }),
  };
}

function restoreApps(
  { tokens, credentials }: Pick<Engine, 'tokens' | 'credentials'>,
  memories: Pick<Memories, 'tokens' | 'credentials'>,
): void {
  tokens.restore(memories.tokens.map(({ state }) => state));
  credentials.restore(memories.credentials.map((one) => one.status));
}
