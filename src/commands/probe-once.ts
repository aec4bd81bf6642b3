/**
 * Probes targets once, all at the same time if the process has enough descriptors. Diagnoses them when all have ended,
 * so that each verdict takes the other protocols and the other mailboxes of the app into account. If a verdict needs
 * more evidence, a few corroborating probes of other targets follow. Used by `check`. The daemon probes on a schedule
 * instead.
 */
import type { Config } from '../config/config.ts';
import { isWarning } from '../diagnosis/is-warning.ts';
import { onlyTimeCanTell, type OverTime } from '../diagnosis/over-time.ts';
import { descriptorLimit } from '../descriptors.ts';
import { createEngine, type Engine, type EngineEdges } from '../engine.ts';
import type { CredentialStatus } from '../model/credential.ts';
import { divideDescriptors } from '../model/descriptors.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { isSuccess, stageOf, type Evidence } from '../model/evidence.ts';
import { targetKey, type App, type Target } from '../model/target.ts';
import type { TraceLine } from '../model/trace.ts';
import { createTrace } from '../probe/trace.ts';
import { createDeadline } from '../probe/deadline.ts';
import { ALL_AT_ONCE } from '../status/corroboration.ts';
import { mapAtMost } from './map-at-most.ts';

export interface DiagnosedProbe {
  readonly target: Target;
  readonly evidence: Evidence;
  readonly success: boolean;
  readonly diagnoses: readonly Diagnosis[];
  /**
   * The causes that would come first if their condition were met. A condition is about the past, which a single probe
   * does not know.
   */
  readonly overTime: readonly OverTime[];
  /** The state of the app's credential, if it is known. */
  readonly credential: CredentialStatus | undefined;
  /** Present if it was requested. */
  readonly trace: readonly TraceLine[] | undefined;
}

/**
 * A probe of a target that the user did not name, or that worked earlier in the round. It shows how many mailboxes are
 * affected, and gets no diagnosis.
 */
export type CorroboratingProbe = Omit<DiagnosedProbe, 'diagnoses' | 'overTime' | 'credential'>;

export interface Round {
  readonly probes: readonly DiagnosedProbe[];
  /** At most a few probes per app, and usually none. */
  readonly corroborating: readonly CorroboratingProbe[];
}

export interface Prober {
  /**
   * Never rejects. If all targets are probed at once, it ends within three times the longest timeout of the targets and
   * their apps. A later call first renews tokens that lacked a role.
   */
  readonly probe: (targets: readonly Target[], signal: AbortSignal) => Promise<Round>;
  /** Returns the credentials as the last round found them. */
  readonly credentialsOf: (apps: readonly App[]) => readonly CredentialStatus[];
  readonly close: () => void;
}

export interface ProberEdges extends Omit<EngineEdges, 'onTokenAnswer'> {
  readonly onProbe: () => void;
  readonly isTraced?: boolean;
}

export function createProber(config: Config, edges: ProberEdges): Prober {
  const engine = createEngine({
    ...edges,
    onTokenAnswer: (app, scope, outcome) => void engine.credentials.observe(app, scope, outcome),
  });
  engine.credentials.update(config.apps);
  /** Apps whose token lacked a role in the previous round. */
  let lacking: ReadonlySet<App> = new Set();

  return {
    probe: async (targets, signal) => {
      const apps = [...new Set(targets.map(({ app }) => app))];
      // The update without targets removes the results of earlier rounds.
      await engine.update(config.apps, []);
      await engine.update(config.apps, config.targets);
      const stale = apps.filter((app) => lacking.has(app));
      await Promise.all(stale.map(async (app) => await renewToken(engine, app, signal)));
      const [probed] = await Promise.all([
        probeAll(engine, edges, targets, signal),
        Promise.all(apps.map(async (app) => await describeCredential(engine, app, signal))),
      ]);
      lacking = new Set(probed.filter(lacksRole).map(({ target }) => target.app));
      const corroborating = await probeAll(engine, edges, corroboratingTargets(engine, probed), signal);
      const warnings = new Map(apps.map((app) => [app, engine.diagnoseCredential(app).filter(isWarning)]));
      return {
        probes: probed.map((probe) => diagnosed(engine, probe, warnings.get(probe.target.app) ?? [])),
        corroborating,
      };
    },
    credentialsOf: (apps) => apps.flatMap((app) => engine.credentials.statusOf(app.id) ?? []),
    close: engine.close,
  };
}

async function probeAll(
  engine: Engine,
  { onProbe, isTraced }: ProberEdges,
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<readonly CorroboratingProbe[]> {
  return await mapAtMost(targets, divideDescriptors(descriptorLimit()).probes, async (target) => {
    const trace = isTraced === true ? createTrace() : undefined;
    const { evidence } = await engine.observe(target, signal, trace);
    onProbe();
    engine.status.record(target, evidence, [], Date.now());
    return { target, evidence, success: isSuccess(evidence), trace: trace?.lines() };
  });
}

function corroboratingTargets(engine: Engine, probed: readonly CorroboratingProbe[]): readonly Target[] {
  const inContext = probed.map(({ target, evidence }) => {
    return { target, evidence, context: engine.contextFor(target, evidence) };
  });
  return engine.status.corroborating(inContext, ALL_AT_ONCE).toSorted(byKey);
}

/** `warnings`: the diagnoses of the app's credential that are warnings. */
function diagnosed(
  engine: Engine,
  probe: CorroboratingProbe,
  warnings: readonly Diagnosis[],
): DiagnosedProbe {
  const { target, evidence } = probe;
  const context = engine.contextFor(target, evidence);
  const own = engine.diagnose(evidence, context);
  const causes = new Set(own.map(({ cause }) => cause));
  const more = warnings.filter(({ cause }) => !causes.has(cause));
  return {
    ...probe,
    diagnoses: [...own, ...more],
    overTime: onlyTimeCanTell(evidence, context, own[0]),
    credential: context.credential,
  };
}

/**
 * Reads the files of the credential, and its registration in the directory. Waits for the token that the probes
 * request, so that a refused credential is not tried at Graph as well.
 */
async function describeCredential(
  { tokens, credentials }: Engine,
  app: App,
  signal: AbortSignal,
): Promise<void> {
  const deadline = createDeadline(app.timeoutMs, signal);
  await tokens.acquire(app, app.scope, deadline.signal);
  deadline.cancel();
  await credentials.describe(app, 0, signal);
}

/** Requests a new token, because the cached token does not contain roles that were granted after it was issued. */
async function renewToken({ tokens }: Engine, app: App, signal: AbortSignal): Promise<void> {
  const deadline = createDeadline(app.timeoutMs, signal);
  await tokens.refresh(app, app.scope, deadline.signal);
  deadline.cancel();
}

function byKey(a: Target, b: Target): number {
  return targetKey(a) < targetKey(b) ? -1 : 1;
}

function lacksRole({ evidence }: CorroboratingProbe): boolean {
  return stageOf(evidence, 'claims')?.outcome === 'failed';
}
