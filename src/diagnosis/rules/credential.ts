/** Findings about a credential while its mailboxes still work: end dates, permissions, and why these are unknown. */
import { eachProtocol } from '../../model/protocol.ts';
import { replaceCredential } from '../fix/new-credential.ts';
import { grantRoles } from '../fix/graph.ts';
import { powershell, say } from '../fix/step.ts';
import { GRAPH_APP_ID } from '../../model/microsoft365.ts';
import { REFERENCES } from '../references.ts';
import type { Failure } from '../../model/failure.ts';
import type { RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { endDateConflict, endingSoon, surplusRoles } from '../credential-facts.ts';
import { dateOf, expiryOf } from '../time.ts';

/**
 * Returns Graph's failure if it is to be reported, else undefined. A refused credential and an unreachable token host
 * also make Graph fail. Each of them has its own diagnosis, so Graph's failure is then not reported.
 */
function graphFailure({ credentialCheck, context }: CaseFacts): Failure | undefined {
  const { graphFailure: failure, valid } = (credentialCheck && context.credential) || {};
  if (failure === undefined || valid === true) return failure;
  if (isOfEntra(failure)) return valid === false ? undefined : failure;
  return failure.status === undefined || failure.kind === 'proxy' ? undefined : failure;
}

function isOfEntra({ kind, code }: Failure): boolean {
  return kind === 'credential' || code?.startsWith('AADSTS') === true;
}

export const CREDENTIAL_RULES = {
  'secret-expiring': {
    title: (names, _detail, expiry = 'expires soon') =>
      `The ${names.credentialKind === 'secret' ? 'client secret' : names.credentialKind === 'certificate' ? 'certificate' : 'credential'} of ${names.app} ${expiry}`,
    owner: 'entra-admin',
    scope: 'app',
    severity: 'warning',
    warnsEarly: true,
    guideStep: 2,
    references: [REFERENCES.addPassword, REFERENCES.certificateCredentials, REFERENCES.guide],
    symptom:
      'Everything works. The credential in use expires within the configured thresholds (by default 30, 14 and 7 days).',
    test: () => 'App registrations > the app > Certificates & secrets shows the end date.',
    lookAlikes: ['secret-expired'],
    when: (facts) => {
      if (!facts.credentialCheck) return undefined;
      const ending = endingSoon(facts.context);
      if (ending === undefined) return undefined;
      const { end, severity, alsoRegistered } = ending;
      return {
        confidence: ending.sure ? 'certain' : 'possible',
        about: 'credential',
        severity,
        ...(facts.names.credentialKind === 'secret' ? {} : { detail: facts.names.credentialKind }),
        expiry: expiryOf(end.expiresAt, facts.context.now),
        because: [
          `End date ${dateOf(end.expiresAt)}, source: ${end.source} (${end.credential}).`,
          ...(alsoRegistered === undefined
            ? []
            : [
                `A newer one is already registered (${alsoRegistered.keyId}${alsoRegistered.expiresAt === undefined ? '' : `, until ${dateOf(alsoRegistered.expiresAt)}`}), ${ending.sure ? 'but it is not the one in use' : 'and it is not known which of them is in use'}.`,
              ]),
        ],
      };
    },
    fix: replaceCredential,
    takesEffect: 'As soon as the new credential is in place.',
  },
  'end-date-conflict': {
    title: (names) => `The sources disagree on when the credential of ${names.app} expires`,
    owner: 'operator',
    scope: 'app',
    severity: 'warning',
    guideStep: 2,
    references: [REFERENCES.guide],
    symptom: 'expires_at in the configuration, the certificate file and Microsoft Graph give different days.',
    test: () =>
      'App registrations > the app > Certificates & secrets shows the end date of the credential in use. It is the right one.',
    lookAlikes: [],
    when: (facts) => {
      const conflict = facts.credentialCheck ? endDateConflict(facts.context.credential) : undefined;
      if (conflict === undefined) return undefined;
      return {
        confidence: 'certain',
        about: 'credential',
        because: conflict.map((end) => `${end.source}: ${dateOf(end.expiresAt)}`),
      };
    },
    fix: () => [
      say(
        "Correct expires_at of this app's credential in the configuration, or remove it if the app may read Graph.",
      ),
    ],
    takesEffect: 'When the configuration is reloaded.',
  },
  'end-date-unknown': {
    title: (names) => `It is not known when the credential of ${names.app} expires`,
    owner: 'operator',
    scope: 'app',
    severity: 'info',
    guideStep: 2,
    references: [REFERENCES.graphApplication, REFERENCES.guide],
    symptom:
      'No source has an end date: expires_at is not configured, there is no certificate file, and the app does not read Graph. The credential will expire without warning.',
    test: () => 'App registrations > the app > Certificates & secrets shows the end date.',
    lookAlikes: [],
    when: (facts) => {
      const { credential } = facts.context;
      if (
        !facts.credentialCheck ||
        credential === undefined ||
        credential.endDates.length > 0 ||
        credential.pending === true ||
        // If the credential is refused, its end date does not matter.
        credential.valid === false
      )
        return undefined;
      return credential.kind === 'federated-token'
        ? undefined
        : {
            confidence: 'certain',
            about: 'credential',
            ...(facts.context.app?.graph === true ? { detail: 'not-in-the-directory' } : {}),
          };
    },
    fix: (_names, detail) => [
      say(
        'Add expires_at to the credential in the configuration, with the date that the portal shows (Certificates & secrets).',
      ),
      ...(detail === 'not-in-the-directory'
        ? []
        : [
            say(
              'Or set graph: true for the app and give it the permission to read its own registration: docs/credentials.md shows how. The date is then always right.',
            ),
          ]),
    ],
    takesEffect: 'At the next check of the credential.',
  },
  'surplus-permissions': {
    title: (names) => `${names.app} has permissions that it does not need to open mailboxes`,
    owner: 'entra-admin',
    scope: 'app',
    severity: 'info',
    guideStep: 3,
    references: [REFERENCES.guide, REFERENCES.adminConsent],
    symptom:
      'Everything works. The app also has, or requests, permissions such as User.Read or Mail.ReadWrite. Anybody who obtains its secret gets those as well.',
    test: () => 'App registrations > the app > API permissions lists them.',
    lookAlikes: [],
    when: (facts) => {
      const surplus = facts.credentialCheck ? surplusRoles(facts.context.credential?.registration) : [];
      return surplus.length === 0
        ? undefined
        : {
            confidence: 'certain',
            about: 'permissions',
            because: [`Not needed for ${eachProtocol(({ name }) => name)}: ${surplus.join(', ')}.`],
          };
    },
    fix: () => [
      say(
        'Unless another program with the same client id needs them: App registrations > the app > API permissions. For each permission, first "..." > Revoke admin consent, then "..." > Remove permission. If you only remove it, the grant stays in force, under "Other permissions granted". The guide (DOCU13517) removes User.Read in step 3.',
      ),
    ],
    takesEffect: 'With the next token.',
  },
  'graph-permission-missing': {
    title: (names) =>
      `${names.app} may not read all of its own registration, so end dates or consent stay unknown`,
    owner: 'entra-admin',
    scope: 'app',
    severity: 'warning',
    references: [REFERENCES.graphApplication],
    symptom:
      'graph: true is configured, but Microsoft Graph returns 403 Authorization_RequestDenied. Mailboxes are not affected.',
    test: () =>
      'App registrations > the app > API permissions: Application.Read.All of Microsoft Graph must be listed with type "Application" and status "Granted".',
    lookAlikes: [],
    when: (facts) => {
      const failure = graphFailure(facts);
      const denied =
        failure?.status === '403' ||
        failure?.status === '401' ||
        failure?.code === 'Authorization_RequestDenied';
      return failure !== undefined && denied && !isOfEntra(failure)
        ? { confidence: 'certain', about: 'graph', because: [`Microsoft Graph: ${failure.text}`] }
        : undefined;
    },
    fix: (names) => [
      powershell(
        "Grant Microsoft Graph's application permission Application.Read.All; this needs a Privileged Role Administrator. It lets the app read all registrations and enterprise applications of the tenant, and change none.",
        grantRoles(names, ['Application.Read.All'], GRAPH_APP_ID),
      ),
      say(
        'Or set graph: false and add expires_at to the configuration. (Application.ReadWrite.OwnedBy does not allow less: it also lists all applications, and lets the app give itself new secrets.)',
      ),
    ],
    takesEffect: 'With the next Graph token, within about an hour.',
  },
  'graph-unavailable': {
    title: (names) =>
      `Microsoft Graph could not be read for ${names.app}, so end dates and consent may be out of date`,
    owner: 'microsoft',
    scope: 'app',
    severity: 'warning',
    references: [REFERENCES.graphApplication, REFERENCES.serviceHealth],
    symptom:
      'graph: true is configured, but Graph throttles, fails or does not answer. Mailboxes are not affected.',
    test: () => 'It passes by itself.',
    lookAlikes: ['graph-permission-missing'],
    fallback: true,
    when: (facts) => {
      const failure = graphFailure(facts);
      return failure === undefined
        ? undefined
        : { confidence: 'likely', about: 'graph', because: [`Microsoft Graph: ${failure.text}`] };
    },
    fix: () => [say('Nothing to do: the daemon asks Graph again at the next check of the credential.')],
    takesEffect: 'By itself.',
  },
} satisfies RuleTable;
