/**
 * One look at each of some targets, all at once, judged together when all have ended: so that each verdict knows the
 * other protocol and the sibling mailboxes. Used by `check`; the daemon has its scheduler instead.
 */
import type { Config } from '../config/config.ts';
import { readSecret } from '../config/secret.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { isSuccess, type Evidence } from '../model/evidence.ts';
import type { Redactor } from '../model/redactor.ts';
import type { App, SecretSource, Target } from '../model/target.ts';
import { judgeCredential } from '../judge-credential.ts';
import { type CredentialBook, createCredentialBook } from '../probe/credential/credential-book.ts';
import { createDeadline } from '../probe/deadline.ts';
import { createProbe } from '../probe/probe.ts';
import { createTokenCache } from '../probe/token/token-cache.ts';
import { createStatusStore } from '../status/status-store.ts';

export interface JudgedLook {
  readonly target: Target;
  readonly evidence: Evidence;
  readonly success: boolean;
  readonly diagnoses: readonly Diagnosis[];
}

/** Worth an exit code of 1, whatever its severity: an end date within the widest threshold is. */
export function isWarning({ severity, cause }: Diagnosis): boolean {
  return severity !== 'info' || cause === 'secret-expiring';
}

export interface Looker {
  /** Never rejects; ends within twice the longest timeout of the targets and their apps. */
  readonly look: (targets: readonly Target[], signal: AbortSignal) => Promise<readonly JudgedLook[]>;
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

  return {
    look: async (targets, signal) => {
      const apps = [...new Set(targets.map(({ app }) => app))];
      const [looks] = await Promise.all([
        Promise.all(targets.map(async (target) => ({ target, evidence: await probe(target, signal) }))),
        Promise.all(apps.map(async (app) => await describe(app, signal))),
      ]);
      const now = Date.now();
      for (const { target, evidence } of looks) status.record(target, evidence, [], now);
      const states = tokens.states();
      const facts = new Map(
        apps.map((app) => {
          const token = states.find((state) => state.app === app.id);
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
      return looks.map(({ target, evidence }) => {
        const { known = {}, warnings = [] } = facts.get(target.app) ?? {};
        const own = diagnose(evidence, status.contextFor(target, evidence, now, known));
        const causes = new Set(own.map(({ cause }) => cause));
        const more = warnings.filter(({ cause }) => !causes.has(cause));
        return { target, evidence, success: isSuccess(evidence), diagnoses: [...own, ...more] };
      });
    },
    close: () => tokens.close(),
  };
}
