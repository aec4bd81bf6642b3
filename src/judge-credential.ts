/**
 * What is wrong with an app's credential, or will be: hands `diagnosis/` what the others know of the app and of those
 * who depend on it. Called by the daemon whenever something new is known of the credential, and by `check`.
 */
import { diagnoseCredential } from './diagnosis/diagnose-credential.ts';
import type { CredentialStatus } from './model/credential.ts';
import type { Diagnosis } from './model/diagnosis.ts';
import type { AppTokenState } from './model/status.ts';
import type { App, Target } from './model/target.ts';

/** `targets`: of all apps. */
export function judgeCredential(
  app: App,
  credential: CredentialStatus,
  token: AppTokenState | undefined,
  targets: readonly Target[],
): readonly Diagnosis[] {
  const own = targets.filter((target) => target.app.id === app.id);
  return diagnoseCredential(credential, {
    app,
    now: Date.now(),
    ...(token === undefined ? {} : { token }),
    mailboxes: [...new Set(own.map(({ mailbox }) => mailbox.id))],
    protocols: [...new Set(own.map(({ protocol }) => protocol))],
  });
}

export interface CredentialJudge {
  /** Judges, and remembers until when the verdict counts on the token in hand. */
  readonly judge: (app: App, credential: CredentialStatus) => void;
  /** A look has ended: what was said of a token that has ended since is said anew. */
  readonly noteLook: (app: App) => void;
}

export interface CredentialJudgeEdges {
  readonly tokenOf: (app: App) => AppTokenState | undefined;
  readonly credentialOf: (appId: string) => CredentialStatus | undefined;
  readonly targets: () => readonly Target[];
  readonly tell: (app: App, diagnoses: readonly Diagnosis[]) => void;
}

/** "Works until 14:35, then 40 mailboxes go dark" must not be read at 14:40. */
export function createCredentialJudge(edges: CredentialJudgeEdges): CredentialJudge {
  const tokenEnds = new Map<string, number>();
  const judge = (app: App, credential: CredentialStatus): void => {
    const token = edges.tokenOf(app);
    const refused = credential.valid === false && token?.expiresAt !== undefined;
    if (refused && token.expiresAt > Date.now()) tokenEnds.set(app.id, token.expiresAt);
    else tokenEnds.delete(app.id);
    edges.tell(app, judgeCredential(app, credential, token, edges.targets()));
  };
  return {
    judge,
    noteLook: (app) => {
      const end = tokenEnds.get(app.id);
      if (end === undefined || end > Date.now()) return;
      const credential = edges.credentialOf(app.id);
      if (credential !== undefined) judge(app, credential);
    },
  };
}
