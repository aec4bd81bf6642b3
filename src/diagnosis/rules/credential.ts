/** What is known of a credential before anybody is locked out: dates, matches, permissions, and what hides them. */
import { addSecret, grantRole } from '../fix/powershell.ts';
import { powershell, say } from '../fix/step.ts';
import { GRAPH_APP_ID, type Names } from '../names.ts';
import { REFERENCES } from '../references.ts';
import type { Rule } from '../rule.ts';
import { endDateConflict, endingSoon, surplusRoles } from '../credential-facts.ts';
import { dateOf, spanOf } from '../time.ts';

function replaceCredential(names: Names) {
  return names.credentialKind === 'secret'
    ? [
        powershell(
          'Add a new client secret beside the old one, which keeps working until its own end.',
          addSecret(names),
        ),
        say(
          `Put the Value (SecretText) into ${names.secretPlace}; it is picked up without a restart. Give it to every other program that uses this app, too.`,
        ),
        say(
          'When all of them work with it, take the old secret out: App registrations > the app > Certificates & secrets.',
        ),
      ]
    : [
        say(
          'Make a new key and certificate, and upload the certificate beside the old one: App registrations > the app > Certificates & secrets > Certificates > Upload certificate.',
        ),
        say(
          `Then put both into ${names.secretPlace}; they are picked up without a restart. Take the old certificate out of the registration afterwards.`,
        ),
      ];
}

export const CREDENTIAL_RULES: readonly Rule[] = [
  {
    id: 'secret-expiring',
    title: (names) =>
      `The ${names.credentialKind === 'secret' ? 'client secret' : names.credentialKind === 'certificate' ? 'certificate' : 'credential'} of ${names.app} is about to end`,
    owner: 'entra-admin',
    scope: 'app',
    severity: 'warning',
    guideStep: 2,
    references: [REFERENCES.addPassword, REFERENCES.certificateCredentials, REFERENCES.guide],
    symptom:
      'Everything works. The end date of the credential in use lies within the configured thresholds (30, 14 and 7 days).',
    test: () => 'The end date stands under App registrations > the app > Certificates & secrets.',
    lookAlikes: ['secret-expired'],
    when: (scene) => {
      if (!scene.credentialCheck) return undefined;
      const ending = endingSoon(scene.context);
      if (ending === undefined) return undefined;
      const { end, severity, alsoRegistered } = ending;
      const left = end.expiresAt - scene.context.now;
      return {
        confidence: ending.sure ? 'certain' : 'possible',
        about: 'credential',
        severity,
        ...(scene.names.credentialKind === 'secret' ? {} : { detail: scene.names.credentialKind }),
        remark:
          left > 0
            ? `it ends on ${dateOf(end.expiresAt)}, in ${spanOf(left)}`
            : `its end date, ${dateOf(end.expiresAt)}, has passed`,
        because: [
          `End date ${dateOf(end.expiresAt)}, source: ${end.source} (${end.credential}).`,
          ...(alsoRegistered === undefined
            ? []
            : [
                `A newer one is registered already (${alsoRegistered.keyId}${alsoRegistered.expiresAt === undefined ? '' : `, until ${dateOf(alsoRegistered.expiresAt)}`}), but it is not the one in use.`,
              ]),
        ],
      };
    },
    fix: replaceCredential,
    takesEffect: 'As soon as the new credential is in place.',
  },
  {
    id: 'credential-refused',
    title: (names) => `Entra refuses the credential of ${names.app}`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 2,
    references: [REFERENCES.codes, REFERENCES.guide],
    symptom:
      'A check with a fresh token was refused, for a reason that no rule knows. The mailboxes work on the cached token until that ends.',
    test: () => 'Read the words in the evidence.',
    lookAlikes: [],
    fallback: true,
    when: (scene) => {
      const refused =
        scene.token !== undefined &&
        (scene.token.failure.kind === 'rejected' || scene.token.failure.kind === 'credential');
      return scene.credentialCheck && refused
        ? { confidence: 'certain', weight: 10, about: scene.token?.about ?? 'token' }
        : undefined;
    },
    fix: replaceCredential,
    takesEffect: 'As soon as the new credential is in place.',
  },
  {
    id: 'end-date-conflict',
    title: (names) => `The sources disagree on when the credential of ${names.app} ends`,
    owner: 'operator',
    scope: 'app',
    severity: 'warning',
    guideStep: 2,
    references: [REFERENCES.guide],
    symptom: 'expires_at of the configuration, the certificate file and Microsoft Graph name different days.',
    test: () => 'The directory is right: Certificates & secrets shows the end date of the credential in use.',
    lookAlikes: [],
    when: (scene) => {
      const conflict = scene.credentialCheck ? endDateConflict(scene.context.credential) : undefined;
      if (conflict === undefined) return undefined;
      return {
        confidence: 'certain',
        about: 'credential',
        because: conflict.map((end) => `${end.source}: ${dateOf(end.expiresAt)}`),
      };
    },
    fix: () => [
      say(
        "Correct expires_at of this app's credential in the configuration, or remove it where Graph may be read.",
      ),
    ],
    takesEffect: 'When the configuration is read again.',
  },
  {
    id: 'end-date-unknown',
    title: (names) => `Nobody knows when the credential of ${names.app} ends`,
    owner: 'operator',
    scope: 'app',
    severity: 'info',
    guideStep: 2,
    references: [REFERENCES.graphApplication, REFERENCES.guide],
    symptom:
      'No source for an end date: no expires_at in the configuration, no certificate file, Graph not permitted. The credential will end without warning.',
    test: () => 'The end date stands under App registrations > the app > Certificates & secrets.',
    lookAlikes: [],
    when: (scene) => {
      const { credential } = scene.context;
      if (
        !scene.credentialCheck ||
        credential === undefined ||
        credential.endDates.length > 0 ||
        credential.pending === true
      )
        return undefined;
      return credential.kind === 'federated-token'
        ? undefined
        : { confidence: 'certain', about: 'credential' };
    },
    fix: () => [
      say(
        'Write expires_at of the credential into the configuration, as the portal shows it (Certificates & secrets).',
      ),
      say(
        'Or set graph: true for the app and permit it to read its own registration, so that the date is always the real one.',
      ),
    ],
    takesEffect: 'At the next check of the credential.',
  },
  {
    id: 'surplus-permissions',
    title: (names) => `${names.app} holds permissions that opening mailboxes does not need`,
    owner: 'entra-admin',
    scope: 'app',
    severity: 'info',
    guideStep: 3,
    references: [REFERENCES.guide, REFERENCES.adminConsent],
    symptom:
      'Everything works. The app also holds, or requests, permissions such as User.Read or Mail.ReadWrite; whoever gets hold of its secret gets those as well.',
    test: () => 'App registrations > the app > API permissions.',
    lookAlikes: [],
    when: (scene) => {
      const surplus = scene.credentialCheck ? surplusRoles(scene.context.credential?.registration) : [];
      return surplus.length === 0
        ? undefined
        : {
            confidence: 'certain',
            about: 'permissions',
            because: [`Not needed for IMAP and POP3: ${surplus.join(', ')}.`],
          };
    },
    fix: () => [
      say(
        'App registrations > the app > API permissions: take them out, unless another program with the same client id needs them. The guide does so with User.Read in step 3.',
      ),
    ],
    takesEffect: 'With the next token.',
  },
  {
    id: 'graph-permission-missing',
    title: (names) => `${names.app} may not read its own registration, so end dates and consent stay unknown`,
    owner: 'entra-admin',
    scope: 'app',
    severity: 'warning',
    references: [REFERENCES.graphApplication],
    symptom:
      'graph: true is configured, and Microsoft Graph answers 403 Authorization_RequestDenied. Mailboxes are not affected.',
    test: () =>
      'API permissions of the app: Microsoft Graph, Application.Read.All, type Application, granted.',
    lookAlikes: [],
    when: (scene) => {
      const failure = scene.credentialCheck ? scene.context.credential?.graphFailure : undefined;
      const denied =
        failure?.status === '403' ||
        failure?.status === '401' ||
        failure?.code === 'Authorization_RequestDenied';
      return failure !== undefined && denied
        ? { confidence: 'certain', about: 'graph', because: [`Microsoft Graph: ${failure.text}`] }
        : undefined;
    },
    fix: (names) => [
      powershell(
        "Grant Microsoft Graph's application permission Application.Read.All, which reads registrations and nothing else.",
        grantRole(names, 'Application.Read.All', GRAPH_APP_ID),
      ),
      say(
        "Narrower, though it is a right to write: Application.ReadWrite.OwnedBy, with the app's service principal as an owner of its own registration. Or set graph: false and write expires_at into the configuration.",
      ),
    ],
    takesEffect: 'With the next Graph token, within about an hour.',
  },
  {
    id: 'graph-unavailable',
    title: (names) =>
      `Microsoft Graph could not be read for ${names.app}, so end dates and consent may be out of date`,
    owner: 'microsoft',
    scope: 'app',
    severity: 'warning',
    references: [REFERENCES.graphApplication, REFERENCES.serviceHealth],
    symptom:
      'graph: true is configured, and Graph throttles, fails or does not answer. Mailboxes are not affected.',
    test: () => 'It passes by itself.',
    lookAlikes: ['graph-permission-missing'],
    fallback: true,
    when: (scene) => {
      const failure = scene.credentialCheck ? scene.context.credential?.graphFailure : undefined;
      return failure === undefined
        ? undefined
        : { confidence: 'likely', about: 'graph', because: [`Microsoft Graph: ${failure.text}`] };
    },
    fix: () => [say('Nothing: it is asked again at the next check.')],
    takesEffect: 'By itself.',
  },
];
