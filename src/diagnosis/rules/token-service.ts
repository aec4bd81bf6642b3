/** Entra says no or later for reasons of policy or load, and codes that only users' sign-ins meet. */
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
  const says = answer.error ?? failure.code;
  const broken =
    (status >= 500 && status <= 599) || says === 'temporarily_unavailable' || says === 'server_error';
  // It took the connection, and then said nothing, or half of something.
  const mute =
    (answer.stoppedAt === 'http' && BROKEN_OFF.has(failure.kind)) || failure.code === 'empty-token';
  if (!broken && !mute) return undefined;
  return aboutToken(facts.token, {
    confidence: 'likely',
    ...(broken || failure.code === 'empty-token' ? {} : { detail: 'no-answer' }),
  });
}

/** What a program that signs users in is told as well. */
const USERS_MEET_TOO: ReadonlySet<Cause | undefined> = new Set<Cause>([
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
      'AADSTS53003 ("Access has been blocked by Conditional Access policies") or another code of the 53xxx and 530xxx series; AADSTS500021 and AADSTS500022 when a proxy adds Restrict-Access-To-Tenants. For an app it is a policy for workload identities, by location or risk.',
    test: () =>
      'Entra admin centre > Monitoring & health > Sign-in logs > Service principal sign-ins: the failed entry names the policy. The same request from another address works.',
    lookAlikes: ['tls-interception'],
    when: (facts) => {
      const found = byCode('conditional-access-blocked')(facts);
      // A user's sign-in meets policies for users: ours may be a different one.
      return found !== undefined && facts.userFlow && found.confidence === 'certain'
        ? { ...found, confidence: 'likely' }
        : found;
    },
    fix: (_names, detail) =>
      detail === 'tenant-restriction'
        ? [
            say(
              'Your own proxy adds the header Restrict-Access-To-Tenants to requests to the login host: add this tenant to its list, or let this machine pass by it.',
            ),
          ]
        : [
            say(
              'Open the failed entry in the service principal sign-in log; its tab "Conditional Access" names the policy.',
            ),
            say(
              "Add the address that this machine leaves your network with to the policy's named locations, or exclude this service principal from the policy.",
            ),
          ],
    takesEffect: 'Within a few minutes.',
  },
  'token-throttled': {
    title: (names) => `Entra throttles the token requests of ${names.app}: it is asked too often`,
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
        'Find the program that asks without keeping its token: one token serves all mailboxes for about an hour. Crash loops and one cache per worker are the usual reasons.',
      ),
      say('Wait as long as Retry-After says; every request before that prolongs it.'),
    ],
    takesEffect: 'Some minutes after the requests have stopped.',
  },
  'token-service-transient': {
    title: (names, detail) =>
      detail === 'no-answer'
        ? `The token service at ${names.tokenHost.endpoint} takes requests and does not answer them`
        : `The token service at ${names.tokenHost.endpoint} answers with a ${detail === 'not-passing' ? '' : 'passing '}fault of its own`,
    owner: 'microsoft',
    scope: 'endpoint',
    references: [REFERENCES.codes, REFERENCES.serviceHealth],
    symptom:
      'HTTP 5xx from the token endpoint, AADSTS90033, AADSTS50033, AADSTS90024 and their kin, or temporarily_unavailable.',
    test: () =>
      'It passes by itself within minutes. If it does not, Microsoft 365 service health tells of an incident.',
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
          ? 'Microsoft says of this code that trying again does not help: open a case now. Tokens in hand keep working.'
          : 'Wait some minutes: tokens in hand keep working.',
      ),
      say(
        'If it lasts, see Microsoft 365 admin centre > Health > Service health, and open a case with the trace id and time of the evidence.',
      ),
    ],
    takesEffect: 'When Microsoft has mended it.',
  },
  'not-client-credentials': {
    title: (names) => `This is not a client-credentials sign-in: ${names.app} signs in as a user`,
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.clientCredentials, REFERENCES.codes],
    symptom:
      "A code that only users' sign-ins meet: AADSTS50034, AADSTS50053, AADSTS50055, AADSTS50057, AADSTS50076, AADSTS50079, AADSTS50126, AADSTS70008, AADSTS700082, AADSTS700084 and others. The program sends a user's password or a refresh token.",
    test: () =>
      'Look at grant_type in the token request: it must be client_credentials. password and refresh_token sign a user in.',
    lookAlikes: [],
    when: either(byCode('not-client-credentials'), (facts) =>
      facts.userFlow && facts.token !== undefined && USERS_MEET_TOO.has(facts.token.meaning?.cause)
        ? aboutToken(facts.token, {
            confidence: 'possible',
            because: ['The text tells of a sign-in in which a user has a part.'],
          })
        : undefined,
    ),
    fix: (names) => [
      say(
        `Set the program to the client-credentials grant (app-only): tenant id, client id, client secret and the scope ${names.scope}; no user name and no refresh token in the token request.`,
      ),
      say(
        'If it must sign in as a user, this guide does not apply: the user has to sign in again in a browser (MFA, expired password, revoked refresh token).',
      ),
    ],
    takesEffect: 'At once.',
  },
} satisfies RuleTable;
