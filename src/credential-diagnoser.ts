/**
 * Diagnoses the credential of an app. Passes the state of the app and its mailboxes to `diagnosis/`, and remembers how
 * long the result is valid. Called by the engine.
 */
import { diagnoseCredential } from './diagnosis/diagnose-credential.ts';
import type { CredentialStatus } from './model/credential.ts';
import type { Diagnosis } from './model/diagnosis.ts';
import type { AppTokenState } from './model/status.ts';
import type { Protocol } from './model/protocol.ts';
import type { App, Target } from './model/target.ts';

export interface CredentialDiagnoser {
  /** `targets`: may include targets of other apps, which are ignored. */
  readonly diagnose: (
    app: App,
    credential: CredentialStatus,
    token: AppTokenState | undefined,
    targets: readonly Target[],
    now: number,
    /** Protocols over which a mailbox accepted a token without their permission. They do not need the permission. */
    proven?: ReadonlySet<Protocol>,
  ) => readonly Diagnosis[];
  /** Did the diagnosis name a time until which the cached token works, and has that time passed? */
  readonly isOutdated: (app: App, now: number) => boolean;
}

/**
 * Remembers the expiry of the token, because "works until 14:35, then 40 mailboxes fail" must not be shown at 14:40.
 */
export function createCredentialDiagnoser(): CredentialDiagnoser {
  /** The expiry of the token that each app relies on, in epoch milliseconds, by app. */
  const tokenEnds = new Map<string, number>();
  return {
    diagnose: (app, credential, token, targets, now, proven = new Set()) => {
      const end = credential.valid === false ? token?.expiresAt : undefined;
      if (end !== undefined && end > now) tokenEnds.set(app.id, end);
      else tokenEnds.delete(app.id);
      const own = targets.filter((target) => target.app.id === app.id);
      return diagnoseCredential(credential, {
        app,
        now,
        ...(token === undefined ? {} : { token }),
        mailboxes: [...new Set(own.map(({ mailbox }) => mailbox.id))],
        protocols: [...new Set(own.map(({ protocol }) => protocol))],
        proven,
      });
    },
    isOutdated: ({ id }, now) => (tokenEnds.get(id) ?? Number.POSITIVE_INFINITY) <= now,
  };
}
