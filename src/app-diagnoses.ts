/**
 * Diagnoses the credential of an app from its tokens and probes, and records the diagnoses in the status.
 * `credential-diagnoser.ts` makes the diagnoses. Created by the engine.
 */
import { createCredentialDiagnoser } from './credential-diagnoser.ts';
import type { Diagnosis } from './model/diagnosis.ts';
import { isAcceptedUnfit } from './model/evidence.ts';
import type { Protocol } from './model/protocol.ts';
import { targetKey, type App, type Target } from './model/target.ts';
import type { CredentialStore } from './probe/credential/credential-store.ts';
import type { TokenCache } from './probe/token/token-source.ts';
import type { StatusStore } from './status/status-store.ts';

export interface AppDiagnoses {
  /** Records the diagnoses and returns them. Returns none while nothing is known about the credential. */
  readonly diagnoseCredential: (app: App) => readonly Diagnosis[];
  /** Diagnoses the credential again if its last diagnosis relied on a token that has expired since. */
  readonly rejudgeCredential: (app: App) => void;
}

export interface AppDiagnosesParts {
  readonly tokens: Pick<TokenCache, 'stateOf'>;
  readonly credentials: Pick<CredentialStore, 'statusOf'>;
  readonly status: Pick<StatusStore, 'get' | 'recordAppDiagnoses'>;
}

export function createAppDiagnoses(
  { tokens, credentials, status }: AppDiagnosesParts,
  targetsOf: (app: string) => readonly Target[],
): AppDiagnoses {
  const diagnoser = createCredentialDiagnoser();

  const diagnoseCredential = (app: App): readonly Diagnosis[] => {
    const credential = credentials.statusOf(app.id);
    if (credential === undefined) return [];
    const own = targetsOf(app.id);
    const diagnoses = diagnoser.diagnose(
      app,
      credential,
      tokens.stateOf(app),
      own,
      Date.now(),
      provenProtocols(own, status),
    );
    status.recordAppDiagnoses(app, diagnoses, Date.now());
    return diagnoses;
  };

  return {
    diagnoseCredential,
    rejudgeCredential: (app) => {
      if (diagnoser.isOutdated(app, Date.now())) diagnoseCredential(app);
    },
  };
}

/** Returns the protocols over which the mail server accepted a token that lacks the permission. */
function provenProtocols(own: readonly Target[], status: Pick<StatusStore, 'get'>): ReadonlySet<Protocol> {
  const proven = new Set<Protocol>();
  for (const target of own) {
    if (proven.has(target.protocol)) continue;
    const evidence = status.get(targetKey(target))?.lastProbe?.evidence;
    if (evidence !== undefined && isAcceptedUnfit(evidence)) proven.add(target.protocol);
  }
  return proven;
}
