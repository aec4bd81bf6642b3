/**
 * One look at each of some targets, all at once, judged together when all have ended: so that each verdict knows the
 * other protocol and the sibling mailboxes, if need be by a few looks beside those that were asked for. Used by
 * `check`; the daemon has its scheduler instead.
 */
import type { Config } from '../config/config.ts';
import { readSecret } from '../config/secret.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { isSuccess, stageOf, type Evidence } from '../model/evidence.ts';
import type { Redactor } from '../model/redactor.ts';
import type { Look } from '../model/status.ts';
import { targetKey, type App, type SecretSource, type Target } from '../model/target.ts';
import { judgeCredential } from '../judge-credential.ts';
import { type CredentialBook, createCredentialBook } from '../probe/credential/credential-book.ts';
import { createDeadline } from '../probe/deadline.ts';
import { createProbe } from '../probe/probe.ts';
import { createTokenCache } from '../probe/token/token-cache.ts';
import { createStatusStore } from '../status/status-store.ts';
import { besides } from './beside.ts';

export interface JudgedLook {
  readonly target: Target;
  readonly evidence: Evidence;
  readonly success: boolean;
  readonly diagnoses: readonly Diagnosis[];
}

/** Worth an exit code of 1, whatever its severity: an end date within the widest threshold is. */
export function isWarning({ severity, cause }: Diagnosis): boolean {
  return severity !== 'info' || cause === 'secret-expiring' || cause === 'server-certificate-expiring';
}

/** A look that was taken for what it tells of others. */
export type BesideLook = Omit<JudgedLook, 'diagnoses'>;

export interface Round {
  readonly looks: readonly JudgedLook[];
  /** Mostly none; of each app a few. */
  readonly beside: readonly BesideLook[];
}

export interface Looker {
  /**
   * Never rejects; ends within three times the longest timeout of the targets and their apps. Called again, it asks
   * for a new token where the old one lacked something.
   */
  readonly look: (targets: readonly Target[], signal: AbortSignal) => Promise<Round>;
  readonly close: () => void;
}

export interface LookerEdges {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactor: Redactor;
  readonly reportBug: (error: unknown) => void;
}

export function createLooker(config: Config, { env, redactor, reportBug }: LookerEdges): Looker {
  const readers = { readSecret: async (source: SecretSource) => await readSecret(source, env), redactor };
  const tokens = createTokenCache({
    ...readers,
    onAnswer: (app, scope, outcome) => void credentials.observe(app, scope, outcome),
  });
  const credentials: CredentialBook = createCredentialBook({ ...readers, tokens });
  credentials.update(config.apps);
  const probe = createProbe({ tokens, redactor, reportBug });
  const status = createStatusStore();
  status.update(config.targets, Date.now());

  /** Waits for the token that the looks ask for, so that a refused credential is not tried at Graph as well. */
  const describe = async (app: App, signal: AbortSignal): Promise<void> => {
    const deadline = createDeadline(app.timeoutMs, signal);
    await tokens.acquire(app, app.scope, deadline.signal);
    deadline.cancel();
    await credentials.describe(app, 0, signal);
  };

  const lastLookAt = (target: Target): Look | undefined => status.get(targetKey(target))?.lastLook;

  /** A token in hand keeps the roles that it was issued with, whatever was granted since. */
  const renew = async (targets: readonly Target[], signal: AbortSignal): Promise<void> => {
    const lacking = targets.filter((target) => {
      const evidence = lastLookAt(target)?.evidence;
      return evidence !== undefined && stageOf(evidence, 'claims')?.outcome === 'failed';
    });
    await Promise.all(
      [...new Set(lacking.map(({ app }) => app))].map(async (app) => {
        const deadline = createDeadline(app.timeoutMs, signal);
        await tokens.refresh(app, app.scope, deadline.signal);
        deadline.cancel();
      }),
    );
  };

  const probeAll = async (targets: readonly Target[], signal: AbortSignal): Promise<readonly BesideLook[]> =>
    await Promise.all(
      targets.map(async (target) => {
        const evidence = await probe(target, signal);
        status.record(target, evidence, [], Date.now());
        return { target, evidence, success: isSuccess(evidence) };
      }),
    );

  return {
    look: async (targets, signal) => {
      const startedAt = Date.now();
      const apps = [...new Set(targets.map(({ app }) => app))];
      await renew(targets, signal);
      const [looked] = await Promise.all([
        probeAll(targets, signal),
        Promise.all(apps.map(async (app) => await describe(app, signal))),
      ]);
      // Of an earlier round, they say nothing of what is so now.
      const isKnown = (target: Target): boolean => (lastLookAt(target)?.evidence.startedAt ?? 0) >= startedAt;
      const beside = await probeAll(besides(looked, config.targets, isKnown), signal);
      const now = Date.now();
      const facts = new Map(
        apps.map((app) => {
          const token = tokens.stateOf(app);
          const credential = credentials.statusOf(app.id);
          const known = {
            ...(token === undefined ? {} : { token }),
            ...(credential === undefined ? {} : { credential }),
          };
          const warnings =
            credential === undefined ? [] : judgeCredential(app, credential, token, config.targets);
          return [app, { known, warnings: warnings.filter(isWarning) }];
        }),
      );
      const looks = looked.map(({ target, evidence, success }) => {
        const { known = {}, warnings = [] } = facts.get(target.app) ?? {};
        const own = diagnose(evidence, status.contextFor(target, evidence, now, known));
        const causes = new Set(own.map(({ cause }) => cause));
        const more = warnings.filter(({ cause }) => !causes.has(cause));
        return { target, evidence, success, diagnoses: [...own, ...more] };
      });
      return { looks, beside };
    },
    close: () => tokens.close(),
  };
}
