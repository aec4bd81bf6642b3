/**
 * Rules for tokens that Entra refuses or delays because of a policy or its load, and for codes that occur only when a
 * user signs in.
 */
import type { Cause } from '../../model/cause.ts';
import { say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { BROKEN_OFF } from '../failures.ts';
import { aboutToken, byCode, either, tokenWithCause } from '../when.ts';

function isThrottled(facts: CaseFacts): Finding | undefined {
  const failure = facts.token?.failure;
  if (facts.token === undefined || failure === undefined || facts.token.meaning !== undefined)
    return undefined;
  return failure.kind === 'throttled' || failure.status === '429' || facts.token.facts.httpStatus === 429
    ? aboutToken(facts.token, { confidence: 'certain' })
    : undefined;
}

function isServerError(facts: CaseFacts): Finding | undefined {
  if (facts.token === undefined || facts.token.meaning !== undefined) return undefined;
  const { failure, facts: answer } = facts.token;
  const status = answer.httpStatus ?? Number(/^\d{3}$/.exec(failure.status ?? '')?.[0]);
  const error = answer.error ?? failure.code;
  const broken =
    (status >= 500 && status <= 599) || error === 'temporarily_unavailable' || error === 'server_error';
  // The token service accepted the connection, and then sent no answer or only a part of one.
  const mute =
    (answer.stoppedAt === 'http' && BROKEN_OFF.has(failure.kind)) || failure.code === 'empty-token';
  if (!broken && !mute) return undefined;
  return aboutToken(facts.token, {
    confidence: 'likely',
    ...(broken || failure.code === 'empty-token' ? {} : { detail: 'no-answer' }),
  });
}

/** Causes that also occur in programs that let users sign in. */
const ALSO_OF_USER_FLOWS: ReadonlySet<Cause | undefined> = new Set<Cause>([
  'secret-missing',
  'client-type-mismatch',
  'request-malformed',
  'admin-consent-missing',
  'resource-not-in-app-permissions',
  'conditional-access-blocked',
]);

export const TOKEN_SERVICE_RULES = {
  'conditional-access-blocked': {
    title: (names) => `A Conditional Access policy or tenant restriction refuses tokens to ${names.app}`,
    owner: 'entra-admin',
    scope: 'app',
    references: [REFERENCES.workloadAccess, REFERENCES.tenantRestrictions, REFERENCES.codes],
    symptom:
      'AADSTS53003 ("Access has been blocked by Conditional Access policies") or another code of the 53xxx and 530xxx series; AADSTS500021 and AADSTS500022 when a proxy adds Restrict-Access-To-Tenants. For an app, this is a policy for workload identities: by location or by risk.',
    test: () =>
      'Entra admin center > Monitoring & health > Sign-in logs > Service principal sign-ins: the failed entry names the policy. If it is a policy by location, the same request from another address works.',
    lookAlikes: ['tls-interception'],
    when: (facts) => {
      const found = byCode('conditional-access-blocked')(facts);
      // If a user signs in, a policy for users may have refused instead.
      return found !== undefined && facts.userFlow && found.confidence === 'certain'
        ? { ...found, confidence: 'likely' }
        : found;
    },
    fix: (_names, detail) =>
      detail === 'tenant-restriction'
        ? [
            say(
              'Your own proxy adds the header Restrict-Access-To-Tenants to requests to the login host: add this tenant to its list, or exempt this machine.',
            ),
          ]
        : [
            say(
              'Open the failed entry in the service principal sign-in log; its tab "Conditional Access" names the policy.',
            ),
            say(
              "Add the public IP address of this machine to the policy's named locations, or exclude this service principal from the policy.",
            ),
          ],
    takesEffect: 'Within a few minutes.',
  },
  'token-throttled': {
    title: (names) => `Entra throttles the token requests of ${names.app}: there are too many`,
    owner: 'operator',
    scope: 'app',
    references: [REFERENCES.throttling, REFERENCES.codes],
    symptom:
      'HTTP 429 from the token endpoint (its body may be plain text), AADSTS90055, or AADSTS50196 ("a client request loop").',
    test: () =>
      'Count the token requests of this client id in the service principal sign-in log: a healthy program makes about one an hour.',
    lookAlikes: ['token-service-transient'],
    when: either(byCode('token-throttled'), isThrottled),
    fix: () => [
      say(
        'Find the program that does not reuse its token: one token serves all mailboxes for about an hour. The usual reasons are a program that crashes and restarts again and again, and a separate token cache in each worker.',
      ),
      say('Wait as long as Retry-After says. A request before that time prolongs the throttling.'),
    ],
    takesEffect: 'A few minutes after the requests have stopped.',
  },
  'token-service-transient': {
    title: (names, detail) =>
      detail === 'no-answer'
        ? `The token service at ${names.tokenHost.endpoint} accepts requests but does not answer them`
        : `The token service at ${names.tokenHost.endpoint} returns ${detail === 'not-passing' ? 'an internal error' : 'a temporary internal error'}`,
    owner: 'microsoft',
    scope: 'endpoint',
    references: [REFERENCES.codes, REFERENCES.serviceHealth],
    symptom:
      'HTTP 5xx from the token endpoint, AADSTS90033, AADSTS50033, AADSTS90024 and similar codes, or temporarily_unavailable.',
    test: () =>
      'It passes by itself within minutes. If it does not, Microsoft 365 service health shows an incident.',
    lookAlikes: ['proxy-failure'],
    when: either(byCode('token-service-transient', 'likely'), isServerError, (facts) => {
      const token = tokenWithCause(facts, 'tenant-not-found');
      const last = facts.context.history.lastSuccess;
      return token !== undefined && last !== undefined && facts.context.now - last < 86_400_000
        ? aboutToken(token, {
            confidence: 'likely',
            because: ['The same tenant was found within the last day.'],
          })
        : undefined;
    }),
    fix: (_names, detail) => [
      say(
        detail === 'not-passing'
          ? 'According to Microsoft, retrying does not help with this code: open a support case now. Tokens that were already issued keep working.'
          : 'Wait a few minutes. Tokens that were already issued keep working.',
      ),
      say(
        'If it lasts, check Microsoft 365 admin center > Health > Service health, and open a support case with the trace id and time from the evidence.',
      ),
    ],
    takesEffect: 'When Microsoft has fixed it.',
  },
  'not-client-credentials': {
    title: (names, detail) =>
      detail === 'refresh-token-ended'
        ? `The refresh token by which ${names.app} signs in as a user is no longer valid`
        : `This is not a client-credentials sign-in: ${names.app} signs in as a user`,
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.clientCredentials, REFERENCES.codes],
    symptom:
      "A code that occurs only when a user signs in: AADSTS50034, AADSTS50053, AADSTS50055, AADSTS50057, AADSTS50076, AADSTS50079, AADSTS50126, AADSTS70008, AADSTS700082, AADSTS700084 and others. The program sends a user's password or a refresh token.",
    test: () =>
      'Check grant_type in the token request: it must be client_credentials. The values password and refresh_token sign a user in.',
    lookAlikes: [],
    when: either(byCode('not-client-credentials'), (facts) =>
      facts.userFlow && facts.token !== undefined && ALSO_OF_USER_FLOWS.has(facts.token.meaning?.cause)
        ? aboutToken(facts.token, {
            confidence: 'possible',
            because: ['The text describes a sign-in in which a user takes part.'],
          })
        : undefined,
    ),
    fix: (names, detail) => {
      const appOnly = `the client-credentials grant (app-only): tenant id, client id, client secret and the scope ${names.scope}; no user name and no refresh token in the token request.`;
      return detail === 'refresh-token-ended'
        ? [
            say(
              'Have the user sign in again with the program, in a browser: that gives it a new refresh token. A refresh token ends after 90 days without use, when the password is changed or reset, when the sessions of the user are revoked, or by a policy for the sign-in frequency.',
            ),
            say(`Or, so that the program depends on no user, set it to ${appOnly}`),
          ]
        : [
            say(`Set the program to ${appOnly}`),
            say(
              'If it must sign in as a user, the guide (DOCU13517) does not apply: the user must sign in again in a browser (MFA, expired password, revoked refresh token).',
            ),
          ];
    },
    takesEffect: 'At once.',
  },
} satisfies RuleTable;
