/** The scope, resource and format of the token request. Guide steps 3 and 5. */
import { say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Cause } from '../../model/cause.ts';
import type { Rule, RuleTable } from '../rule.ts';
import { resourceOfAnotherCloud } from './tenant.ts';
import { isExchangeResource } from '../../model/microsoft365.ts';
import { factsOf } from '../../model/protocol.ts';
import { byCode } from '../when.ts';

const EXCHANGE = 'Exchange Online';
/** The code of "Client credential flows must have a scope value with /.default". */
const APP_ONLY_SCOPE = 1_002_012;

/**
 * Applies if Entra returned a code that means this cause. Entra returns the same code if the resource belongs to
 * another cloud. In that case, the confidence is only `possible`.
 */
function unlessAnotherCloud(cause: Cause): Rule['when'] {
  return (facts) =>
    byCode(cause, resourceOfAnotherCloud(facts) === undefined ? 'certain' : 'possible')(facts);
}

export const REQUEST_RULES = {
  'scope-format-invalid': {
    title: (names, detail) =>
      `The scope that ${names.app} requests does not have the form that ${detail === 'of-a-user' ? 'a sign-in as a user' : 'an app-only request'} needs`,
    owner: 'operator',
    scope: 'app',
    guideStep: 3,
    references: [REFERENCES.clientCredentials, REFERENCES.codes],
    symptom:
      'AADSTS1002012, AADSTS70011, AADSTS28002, AADSTS28003, AADSTS700022 or AADSTS90009: "Client credential flows must have a scope value with /.default suffixed to the resource identifier". Delegated scope names such as IMAP.AccessAsUser.All or offline_access were sent.',
    test: (names) => `The scope must be exactly one: ${names.scope}`,
    lookAlikes: ['resource-not-found'],
    when: (facts) => {
      const found = unlessAnotherCloud('scope-format-invalid')(facts);
      // Entra sends AADSTS1002012 only if the app itself requests a token.
      const isOfUser = facts.userFlow && facts.token?.code !== APP_ONLY_SCOPE;
      return found === undefined || !isOfUser ? found : { ...found, detail: 'of-a-user' };
    },
    fix: (names, detail) => [
      ...(detail === 'of-a-user'
        ? [
            say(
              `In a sign-in as a user, the scope names delegated permissions of one resource, separated by spaces: ${names.scope.replace(/\.default$/, factsOf(names.protocol).delegated.name)} offline_access. The form with /.default is for an app-only request:`,
            ),
          ]
        : []),
      say(`Set the scope to exactly ${names.scope}, without offline_access and without permission names.`),
    ],
    takesEffect: 'At once.',
  },
  'resource-not-found': {
    title: (names) =>
      `The tenant does not know the resource in the scope of ${names.app}, or has disabled it`,
    owner: 'operator',
    scope: 'app',
    guideStep: 3,
    references: [REFERENCES.codes, REFERENCES.mailOauth],
    symptom:
      'AADSTS500011, AADSTS50001 or AADSTS650054: "The resource principal named ... was not found in the tenant named ...". The reason is a spelling mistake, a missing /.default (Entra then takes the last part of the path for a scope name), another cloud\'s resource, or a tenant without Exchange Online. AADSTS500014: the service principal of the resource is disabled, by an administrator or because a subscription has lapsed.',
    test: (names) =>
      `Compare the quoted resource, character by character, with ${names.scope.replace(/\/\.default$/, '')}. If they are equal, the tenant has no Exchange Online.`,
    lookAlikes: ['scope-format-invalid', 'national-cloud-mismatch'],
    when: unlessAnotherCloud('resource-not-found'),
    fix: (names, detail) => [
      ...(detail === 'resource-disabled'
        ? [
            say(
              'Entra admin center > Enterprise apps > Application type "Microsoft applications" > Office 365 Exchange Online > Properties: "Enabled for users to sign in?" must be Yes; and the tenant needs a subscription with Exchange Online that has not lapsed.',
            ),
          ]
        : []),
      say(`Set the scope to ${names.scope}.`),
      say(
        'If the scope is already this one, the tenant has no Exchange Online: use the id of the tenant that has the mailboxes.',
      ),
    ],
    takesEffect: 'At once.',
  },
  'resource-not-in-app-permissions': {
    title: ({ app, resource = EXCHANGE }) =>
      `${app} requests a token for ${resource === EXCHANGE || isExchangeResource(resource) ? EXCHANGE : resource}, but its registration lists no permission for it`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 3,
    references: [REFERENCES.codes, REFERENCES.mailOauth],
    symptom:
      'AADSTS650057 ("Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client\'s application registration"), AADSTS65005 or AADSTS650056.',
    test: () =>
      'App registrations > the app > API permissions: "Office 365 Exchange Online" is not in the list; often only Microsoft Graph is.',
    lookAlikes: ['app-permission-missing'],
    when: byCode('resource-not-in-app-permissions'),
    fix: (names) => [
      ...(names.resource === undefined || isExchangeResource(names.resource)
        ? []
        : [
            say(
              `The requested resource, ${names.resource}, is not Exchange Online: to read mailboxes, set the scope to ${names.scope}.`,
            ),
          ]),
      say(
        `App registrations > the app > API permissions > Add a permission > APIs my organization uses > Office 365 Exchange Online > Application permissions > ${names.role}; then "Grant admin consent".`,
      ),
      say(
        'Granting the permission in PowerShell is not enough here: the registration must list it too. `mailprobe setup-script` writes the commands for both.',
      ),
    ],
    takesEffect: 'With the next new token, within a few minutes.',
  },
  'request-malformed': {
    title: (names, detail) =>
      detail === 'regional-endpoint'
        ? `${names.app} requests its token from a regional endpoint that it may not use`
        : `Entra could not read the token request of ${names.app}`,
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.clientCredentials, REFERENCES.codes],
    symptom:
      'AADSTS900144 ("The request body must contain the following parameter"), AADSTS9002313, AADSTS901002, AADSTS900561 ("The endpoint only accepts POST"), AADSTS70003, AADSTS90014 and similar codes: a parameter is missing or duplicated, the body is JSON, or a proxy dropped the body or turned POST into GET.',
    test: () =>
      'Send the same request with curl from the same machine: if that works, the program builds its request wrongly; if it fails too, check the proxy.',
    lookAlikes: ['secret-missing', 'proxy-failure'],
    when: byCode('request-malformed', 'likely'),
    fix: (names, detail) =>
      detail === 'regional-endpoint'
        ? [
            say(
              "Remove the Azure region (azureRegion) from the MSAL configuration: regional endpoints are for managed identities and Microsoft's own services.",
            ),
          ]
        : [
            say(
              `Send POST ${names.authority}/${names.tenant}/oauth2/v2.0/token with Content-Type application/x-www-form-urlencoded and exactly grant_type=client_credentials, client_id, client_secret and scope=${names.scope}, each percent-encoded once.`,
            ),
            say('If there is a proxy, make sure that it passes POST bodies to the token host unchanged.'),
          ],
    takesEffect: 'At once.',
  },
} satisfies RuleTable;
