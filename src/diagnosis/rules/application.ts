/** The app registration and its enterprise application in the tenant. Guide step 1. */
import { createServicePrincipal, enableSignIn, showApplication, showEnabled } from '../fix/graph.ts';
import { PLACEHOLDERS } from '../fix/placeholders.ts';
import { powershell, say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { aboutToken, byCode, either, tokenWithCause } from '../when.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function appNotFound(facts: CaseFacts): Finding | undefined {
  const token = tokenWithCause(facts, 'app-not-found');
  if (token === undefined) return undefined;
  const { clientId, tenant } = facts.names.known;
  if (clientId !== undefined && !GUID.test(clientId)) {
    return aboutToken(token, {
      confidence: 'certain',
      detail: 'client-id-is-no-guid',
      because: [`The client id that was sent is not a GUID: ${clientId}`],
    });
  }
  if (clientId !== undefined && clientId.toLowerCase() === tenant?.toLowerCase()) {
    return aboutToken(token, {
      confidence: 'certain',
      detail: 'client-id-is-tenant-id',
      because: ['Client id and tenant id are the same value.'],
    });
  }
  const secretId = facts.context.credential?.registered.some((known) => known.keyId === clientId) ?? false;
  return aboutToken(token, {
    confidence: 'likely',
    ...(secretId ? { detail: 'client-id-is-secret-id' } : {}),
  });
}

export const APPLICATION_RULES = {
  'app-not-found': {
    title: (names) =>
      `The tenant does not know the client id of ${names.app}: wrong client id, wrong tenant, or the app was deleted`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 1,
    references: [REFERENCES.codes, REFERENCES.guide],
    symptom:
      'The token endpoint returns AADSTS700016 (older: AADSTS70001): "Application with identifier ... was not found in the directory ...". The identifier in the message is the client id that was sent. The directory in the message, an id or a display name, is the tenant that received the request.',
    test: (names) =>
      `Entra admin center, in the tenant ${names.tenant}: App registrations > All applications. If the client id is listed there, the request went to another tenant. If it is listed in another tenant, the tenant id is wrong. If it is listed nowhere, the client id is wrong or the app was deleted (see "Deleted applications").`,
    lookAlikes: ['sp-missing-in-tenant', 'national-cloud-mismatch'],
    when: either(appNotFound, byCode('app-not-found')),
    fix: (names) => [
      ...(names.known.clientId === undefined || GUID.test(names.known.clientId)
        ? [powershell('Search the tenant for the client id.', showApplication(names))]
        : []),
      say(
        'Copy "Application (client) ID" and "Directory (tenant) ID" from the overview of the App registration into the configuration. Do not copy the object ID or the Secret ID.',
      ),
      say('A deleted registration can be restored for 30 days: App registrations > Deleted applications.'),
    ],
    takesEffect: 'At once.',
  },
  'app-disabled': {
    title: (names) => `The enterprise application of ${names.app} is disabled`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 1,
    references: [REFERENCES.disableSignIn, REFERENCES.codes],
    symptom: 'The token endpoint returns AADSTS7000112: "Application ... is disabled."',
    test: () =>
      'Entra admin center > Enterprise apps > the app > Properties: "Enabled for users to sign in?" is No, or "Activation status" says that the app was deactivated by its owner, by an administrator or by Microsoft.',
    lookAlikes: [],
    when: either(byCode('app-disabled'), (facts) => {
      const registration = facts.credentialCheck ? facts.context.credential?.registration : undefined;
      const byMicrosoft = registration?.disabledByMicrosoft;
      return registration?.servicePrincipalEnabled === false || byMicrosoft !== undefined
        ? {
            confidence: 'certain',
            about: 'permissions',
            because: [
              'The directory says that the enterprise application is disabled.',
              ...(byMicrosoft === undefined ? [] : [`disabledByMicrosoftStatus: ${byMicrosoft}`]),
            ],
          }
        : undefined;
    }),
    fix: (names) => [
      powershell(
        'Check how it was disabled. Entra admin center > Monitoring & health > Audit logs shows who did it and when. Ask why before you enable it again.',
        showEnabled(names),
      ),
      powershell('If AccountEnabled is False, enable sign-in again.', enableSignIn(names)),
      say(
        'If AccountEnabled is True and "Activation status" says deactivated: App registrations > Deactivated applications > the app > Reactivate. If DisabledByMicrosoftStatus has another value than NotDisabled, only Microsoft support can enable the app.',
      ),
    ],
    takesEffect: 'Within a few minutes, up to an hour.',
  },
  'sp-missing-in-tenant': {
    title: (names, detail) =>
      detail === 'of-the-resource'
        ? `The service that ${names.app} requests${names.resource === undefined ? '' : ` (${names.resource})`} has no enterprise application in the tenant`
        : `${names.app} has no enterprise application in its tenant`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 1,
    references: [REFERENCES.codes, REFERENCES.adminConsent],
    symptom:
      'The token endpoint returns AADSTS7000229: "The client application ... is missing service principal in the tenant ...". AADSTS650052 says the same of the requested service. The portal creates an enterprise application with every registration; `az ad app create` does not.',
    test: () =>
      'Entra admin center > Enterprise apps: the client id is not listed, while App registrations lists it.',
    lookAlikes: ['app-not-found'],
    when: either(byCode('sp-missing-in-tenant'), (facts) => {
      const token = tokenWithCause(facts, 'app-not-found');
      return token === undefined || appNotFound(facts)?.confidence === 'certain'
        ? undefined
        : aboutToken(token, { confidence: 'possible' });
    }),
    fix: (names, detail) => [
      ...(detail === 'of-the-resource'
        ? [
            say(
              `If the program requests ${names.scope}, as it should, the tenant has no Exchange Online: the tenant needs a subscription that includes it, or the tenant id is the wrong one.`,
            ),
          ]
        : []),
      powershell(
        detail === 'of-the-resource'
          ? 'If it requests another service on purpose, an administrator of the tenant creates the enterprise application of that service, with the id that the error quotes.'
          : 'Create the enterprise application.',
        createServicePrincipal(
          detail === 'of-the-resource'
            ? { ...names, clientId: names.resource ?? PLACEHOLDERS.service }
            : names,
        ),
      ),
      say(
        'Then grant admin consent (guide step 3) and register the new object id in Exchange (guide step 4): both are needed for the new enterprise application.',
      ),
    ],
    takesEffect: 'Within a few minutes.',
  },
} satisfies RuleTable;
