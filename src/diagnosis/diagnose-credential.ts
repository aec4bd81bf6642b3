/**
 * Diagnoses an app's credential independently of mailboxes: it is refused, it expires soon, it is not registered, or
 * its permissions were requested but not granted. Called after every check of the credential.
 */
import type { Cause } from '../model/cause.ts';
import { emptyContext } from '../model/context.ts';
import type { CredentialStatus } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Evidence, Stage } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
import type { AppTokenState } from '../model/status.ts';
import { PROTOCOL_IDS, roleFor, USUAL_PROTOCOL, type Protocol } from '../model/protocol.ts';
import type { App } from '../model/target.ts';
import { evaluate } from './diagnose.ts';
import { caseFactsOf } from './case-facts.ts';
import { timeOf } from './time.ts';

export interface CredentialContext {
  readonly app: App;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly token?: AppTokenState;
  readonly mailboxes: readonly string[];
  /**
   * The protocols whose permission the app needs. If absent, the protocols whose permission is granted count. If none
   * is granted, the usual protocol counts.
   */
  readonly protocols?: readonly Protocol[];
  /**
   * Protocols over which the mail server accepted a token without the permission. For them, a missing permission is no
   * fault.
   */
  readonly proven?: ReadonlySet<Protocol>;
}

export function diagnoseCredential(
  credential: CredentialStatus,
  { app, now, token, mailboxes, protocols, proven }: CredentialContext,
): readonly Diagnosis[] {
  const refusal = credential.valid === false ? credential.refusal : undefined;
  const empty = emptyContext(now);
  const { lastSuccess } = credential;
  const context = {
    ...empty,
    app,
    credential,
    // The last success of the credential counts as history, because it proves, for example, that the tenant existed
    // then.
    history: { ...empty.history, ...(lastSuccess === undefined ? {} : { lastSuccess }) },
    ...(token === undefined ? {} : { token }),
  };
  const countdown = credential.previousInUse === true ? PREVIOUS_IN_USE : countdownOf(token, mailboxes, now);
  const used = protocols ?? grantedProtocols(credential);
  const diagnoses = used
    .map((protocol) =>
      caseFactsOf(evidenceOf(refusal, credential, protocol, now), context, 'credential', {
        names: { protocols: used },
      }),
    )
    .flatMap((facts) =>
      evaluate(facts)
        .filter(({ cause }) => !(proven?.has(facts.names.protocol) === true && PERMISSIONS.has(cause)))
        .map((diagnosis) => withCountdown(diagnosis, facts.token !== undefined, countdown)),
    );
  // If the credential is refused, a warning that it expires soon is of no use.
  const refused = diagnoses.some(({ cause }) => CREDENTIAL_REFUSED.has(cause));
  return distinct(diagnoses.filter((diagnosis) => !(refused && diagnosis.cause === 'secret-expiring')));
}

const PERMISSIONS: ReadonlySet<Cause> = new Set<Cause>(['app-permission-missing', 'admin-consent-missing']);

/** The causes for which Entra refuses the credential itself. */
const CREDENTIAL_REFUSED: ReadonlySet<Cause> = new Set<Cause>([
  'secret-expired',
  'secret-invalid',
  'cert-credential-invalid',
]);

function withCountdown(diagnosis: Diagnosis, refused: boolean, countdown: string): Diagnosis {
  const concerned =
    refused &&
    diagnosis.severity === 'critical' &&
    diagnosis.evidence.some((line) => line.startsWith('token: '));
  return concerned
    ? {
        ...diagnosis,
        // mailprobe keeps using the previous value, which still works, so no mailbox is affected.
        ...(countdown === PREVIOUS_IN_USE ? { severity: 'warning' } : {}),
        title: `${diagnosis.title} ${countdown}`,
        evidence: [...diagnosis.evidence, countdown],
      }
    : diagnosis;
}

const PREVIOUS_IN_USE =
  'The previous value still works and stays in use until this program stops: nobody is locked out yet.';

/**
 * Merges the same finding of several protocols. Findings about missing permissions differ in their title, so they stay
 * separate.
 */
function distinct(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  return [
    ...new Map(diagnoses.map((diagnosis) => [`${diagnosis.cause} ${diagnosis.title}`, diagnosis])).values(),
  ];
}

function grantedProtocols(credential: CredentialStatus): readonly Protocol[] {
  const granted = PROTOCOL_IDS.filter((protocol) =>
    credential.registration?.grantedRoles.includes(roleFor(protocol)),
  );
  return granted.length === 0 ? [USUAL_PROTOCOL] : granted;
}

/** Returns evidence with the refused token request as its only stage. Without a refusal, it has no stage. */
function evidenceOf(
  refusal: Failure | undefined,
  { app, secretShape }: CredentialStatus,
  protocol: Protocol,
  now: number,
): Evidence {
  const facts = secretShape === undefined ? {} : { secretShape };
  const stages: Stage[] =
    refusal === undefined ? [] : [{ stage: 'token', outcome: 'failed', seconds: 0, facts, failure: refusal }];
  return { protocol, app, startedAt: now, seconds: 0, stages, standstillMs: 0 };
}

function countdownOf(token: AppTokenState | undefined, mailboxes: readonly string[], now: number): string {
  const shown = mailboxes.slice(0, 10).join(', ');
  const more = mailboxes.length > 10 ? ` and ${mailboxes.length - 10} more` : '';
  const whom =
    mailboxes.length === 0
      ? 'no mailbox depends on it'
      : `${mailboxes.length} mailbox${mailboxes.length === 1 ? '' : 'es'} (${shown}${more})`;
  if (token?.expiresAt === undefined || token.expiresAt <= now)
    return mailboxes.length === 0
      ? `No valid token is left; ${whom}.`
      : `No valid token is left for ${whom}.`;
  return mailboxes.length === 0
    ? `The current token works until ${timeOf(token.expiresAt)}; ${whom}.`
    : `The current token works until ${timeOf(token.expiresAt)}; then ${whom} can no longer be opened.`;
}
