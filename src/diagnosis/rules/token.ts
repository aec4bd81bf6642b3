/** The token itself: it is for another service, was issued to a user, has expired, or is usable. Guide steps 3 to 5. */
import { CLOUDS, type Cloud } from '../../model/microsoft365.ts';
import { hasRole } from '../../model/token-claims.ts';
import { rolesLine } from '../evidence-lines.ts';
import { lookInExchange, showRegistration } from '../fix/exchange.ts';
import { say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import { timeOf } from '../time.ts';
import { whenLoginRefused, either, hasPhrase } from '../when.ts';

/** The audiences of Exchange Online, in the form that Entra writes. */
function audiencesOf(cloud: Cloud): string {
  return CLOUDS[cloud].resourceHosts.map((host) => `https://${host}`).join(', ');
}

export const TOKEN_RULES = {
  'wrong-audience': {
    title: (names) => `The token of ${names.app} is for another service than Exchange Online`,
    owner: 'operator',
    scope: 'app',
    guideStep: 3,
    references: [REFERENCES.mailOauth, REFERENCES.accessToken],
    symptom:
      'A token is issued, but the login of every mailbox is refused with NO AUTHENTICATE failed. or -ERR Authentication failure. Its aud is https://graph.microsoft.com (00000003-0000-0000-c000-000000000000): the scope named Microsoft Graph.',
    test: (names) => `Read aud in the token: it must be one of ${audiencesOf(names.cloud)}.`,
    lookAlikes: ['app-permission-missing'],
    when: either(
      (facts) =>
        facts.claimsFault === 'wrong-audience'
          ? {
              confidence: 'certain',
              about: 'claims',
              because: [`The token's audience is ${facts.claims?.audience ?? 'absent'}.`],
            }
          : undefined,
      whenLoginRefused('wrong-audience'),
    ),
    fix: (names) => [
      say(
        `Request the scope ${names.scope}, not the one of Microsoft Graph. A token is for one service only.`,
      ),
    ],
    takesEffect: 'With the next token.',
  },
  'access-token-expired': {
    title: (names) => `The access token that ${names.app} presented had expired`,
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.accessToken, REFERENCES.mailOauth],
    symptom:
      '* BYE Session invalidated - AccessTokenExpired during a session, or a refused login with a token that is older than its exp (60 to 90 minutes).',
    test: () =>
      "Compare exp of the token with the time of the login. If exp is earlier, the program does not renew its token, or the machine's clock is wrong.",
    lookAlikes: ['clock-skew'],
    when: either(
      (facts) =>
        hasPhrase(facts, 'session-token-expired')
          ? // A probe presents a valid token, so the server's message alone does not prove that the token had expired.
            { confidence: facts.pasted ? 'certain' : 'likely', about: 'mail' }
          : facts.claimsFault === 'token-expired' && !(facts.pasted && facts.refusal !== undefined)
            ? {
                confidence: facts.pasted ? 'possible' : 'likely',
                about: 'claims',
                because: [`The token expired at ${timeOf(facts.claims?.expiresAt ?? Number.NaN)}.`],
              }
            : undefined,
      whenLoginRefused('access-token-expired'),
    ),
    fix: () => [
      say(
        'Fetch a new token before the old one expires, and open a new connection with it: an open session cannot switch to another token.',
      ),
    ],
    takesEffect: 'At the next login.',
  },
  'token-user-mailbox-mismatch': {
    title: () => 'The token was issued to a user (delegated), not to the application',
    owner: 'operator',
    scope: 'app',
    guideStep: 3,
    references: [REFERENCES.mailOauth, REFERENCES.clientCredentials],
    symptom:
      "The token has scp instead of roles: it is a delegated token of a user. It opens only that user's own mailbox; with another address in user= the login is refused or the mailbox does not open.",
    test: () => 'Read the token: scp means delegated, roles means app-only; upn names the user.',
    lookAlikes: ['username-mailbox-mismatch'],
    when: either(
      (facts) =>
        facts.claimsFault === 'delegated-token'
          ? {
              confidence: facts.pasted ? 'likely' : 'certain',
              about: 'claims',
              because: [`The token carries the delegated scopes ${facts.claims?.scopes ?? ''}.`],
            }
          : undefined,
      whenLoginRefused('token-user-mailbox-mismatch'),
    ),
    fix: (names) => [
      say(`Fetch the token with grant_type=client_credentials and the scope ${names.scope}, without a user.`),
      say(
        "A program that is meant to sign in as a user must put that user's own address into user=. For a shared mailbox, it must put the address of that mailbox, and the user needs FullAccess to it.",
      ),
    ],
    takesEffect: 'With the next token.',
  },
  'token-usable': {
    title: (names) =>
      `The token is valid for Exchange Online (${names.protocolName}): its audience, role and times are right`,
    owner: 'exchange-admin',
    scope: 'app',
    severity: 'info',
    guideStep: 4,
    references: [REFERENCES.mailOauth, REFERENCES.accessToken],
    symptom:
      'Only a token was pasted, and it has no fault. If the login is still refused, the reason is in Exchange. The token cannot show it.',
    test: () => 'Log in with the token. If the login is refused, go on with step 4 of the guide.',
    lookAlikes: [],
    when: (facts) => {
      const alone = facts.pasted && facts.token === undefined && facts.mail === undefined && !facts.success;
      if (!alone || facts.claims === undefined || facts.claimsFault !== undefined) return undefined;
      if (!hasRole(facts.claims, facts.names.protocol)) return undefined;
      return {
        confidence: 'likely',
        about: 'claims',
        because: [rolesLine(facts), `It expires at ${timeOf(facts.claims.expiresAt ?? Number.NaN)}.`],
      };
    },
    fix: (names) => [
      lookInExchange(
        names,
        `If logins with it are refused, check whether Exchange knows the app by the object id ${names.objectId ?? "of the token's oid"}.`,
        showRegistration(names),
      ),
    ],
  },
} satisfies RuleTable;
