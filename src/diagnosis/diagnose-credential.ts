/**
 * What is wrong with an app's credential, or will be, whatever the mailboxes do: refused, ending, not the one that
 * is registered, permissions requested and not granted. The daemon asks after every check of the credential.
 */
import type { Cause } from '../model/cause.ts';
import { emptyContext } from '../model/context.ts';
import type { CredentialStatus } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Evidence, Failure, Stage } from '../model/evidence.ts';
import type { AppTokenState } from '../model/status.ts';
import { PROTOCOL_IDS, roleFor, USUAL_PROTOCOL, type Protocol } from '../model/protocol.ts';
import type { App } from '../model/target.ts';
import { judge } from './diagnose.ts';
import { caseFactsOf } from './case-facts.ts';
import { timeOf } from './time.ts';

export interface CredentialContext {
  readonly app: App;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly token?: AppTokenState;
  /** Ids of the mailboxes that depend on this credential. */
  readonly mailboxes: readonly string[];
  /** Over which they are opened: decides which permissions must be granted. Absent: those that are granted. */
  readonly protocols?: readonly Protocol[];
}

export function diagnoseCredential(
  credential: CredentialStatus,
  { app, now, token, mailboxes, protocols }: CredentialContext,
): readonly Diagnosis[] {
  const refusal = credential.valid === false ? credential.refusal : undefined;
  const empty = emptyContext(now);
  const { lastSuccess } = credential;
  const context = {
    ...empty,
    app,
    credential,
    // The past decides here too: a tenant that was found an hour ago has not gone.
    history: { ...empty.history, ...(lastSuccess === undefined ? {} : { lastSuccess }) },
    ...(token === undefined ? {} : { token }),
  };
  const countdown = credential.previousInUse === true ? PREVIOUS_IN_USE : countdownOf(token, mailboxes, now);
  const used = protocols ?? grantedProtocols(credential);
  const judged = used
    .map((protocol) =>
      caseFactsOf(evidenceOf(refusal, credential, protocol, now), context, 'credential', {
        names: { protocols: used },
      }),
    )
    .flatMap((facts) =>
      judge(facts).map((diagnosis) => withCountdown(diagnosis, facts.token !== undefined, countdown)),
    );
  // A date that has passed is the reason of a refusal, and what is refused already needs no word of its end.
  const ended = judged.some(({ cause }) => REFUSED_ITSELF.has(cause));
  return distinct(judged.filter((diagnosis) => !(ended && diagnosis.cause === 'secret-expiring')));
}

/** Causes by which the credential itself is not taken, whatever the app. */
const REFUSED_ITSELF: ReadonlySet<Cause> = new Set<Cause>([
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
        // Nobody is locked out by a value that is not used yet.
        ...(countdown === PREVIOUS_IN_USE ? { severity: 'warning' } : {}),
        title: `${diagnosis.title} ${countdown}`,
        evidence: [...diagnosis.evidence, countdown],
      }
    : diagnosis;
}

const PREVIOUS_IN_USE =
  'The value that stood there before still works, and is used until this program ends: nobody is locked out yet.';

/** The same finding for several protocols is one; a permission that is missing for each is one each. */
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

/** A look in which only the token was asked for. Without a refusal nothing failed. */
function evidenceOf(
  refusal: Failure | undefined,
  { app, secretShape }: CredentialStatus,
  protocol: Protocol,
  now: number,
): Evidence {
  const facts = secretShape === undefined ? {} : { secretShape };
  const stages: Stage[] =
    refusal === undefined ? [] : [{ stage: 'token', outcome: 'failed', seconds: 0, facts, failure: refusal }];
  return { mailbox: '', protocol, app, startedAt: now, seconds: 0, stages, standstillMs: 0 };
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
    ? `The token in hand works until ${timeOf(token.expiresAt)}; ${whom}.`
    : `The token in hand works until ${timeOf(token.expiresAt)}; then ${whom} go dark.`;
}
