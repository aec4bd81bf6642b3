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
