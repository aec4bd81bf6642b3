/**
 * Diagnoses the credential of an app with the rules of `diagnosis/`, and remembers how long the result is valid. Called
 * by `app-diagnoses.ts`.
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
    /**
     * Protocols over which the mail server accepted a token without the permission. For these protocols, a missing
     * permission is no fault.
     */
    proven?: ReadonlySet<Protocol>,
  ) => readonly Diagnosis[];
  /** True if the last diagnosis said that probes work until the cached token expires, and that time has passed. */
  readonly isOutdated: (app: App, now: number) => boolean;
}

/**
 * The expiry of the token is remembered, because "works until 14:35, then 40 mailboxes fail" must not be shown at
 * 14:40.
 */
export function createCredentialDiagnoser(): CredentialDiagnoser {
  /** For each app whose credential is refused: when its cached token expires, in epoch milliseconds. */
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
