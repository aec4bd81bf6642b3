/** The client secret: expired, not a secret of this app, or missing. Guide step 2. */
import type { SecretShape } from '../../model/evidence.ts';
import { newSecret } from '../fix/new-credential.ts';
import { showSecrets } from '../fix/graph.ts';
import { powershell, say } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { Finding, RuleTable } from '../rule.ts';
import type { CaseFacts } from '../case-facts.ts';
import { dateOf } from '../time.ts';
import { aboutToken, byCode, either, tokenWithCause } from '../when.ts';

const SHAPE_DETAIL: Readonly<Partial<Record<SecretShape['looksLike'], readonly [string, string]>>> = {
  guid: [
    'secret-id-instead-of-value',
    'The configured secret has the shape of a GUID: it is the Secret ID, not the Value.',
  ],
  whitespace: ['surrounding-whitespace', 'The configured secret begins or ends with whitespace.'],
  quoted: [
    'surrounding-quotes',
    'The configured secret is enclosed in quotes, which are sent as part of it.',
  ],
  encoded: [
    'encoded-twice',
    'The configured secret contains %xx sequences: it was encoded before it was stored.',
  ],
  short: [
    'truncated',
    'The configured secret is shorter than any that Entra creates: a part of it is missing.',
  ],
};

function secretInvalid(facts: CaseFacts): Finding | undefined {
  const { credential, now } = facts.context;
  if (facts.credentialCheck && facts.token === undefined) return beforeItFails(facts);
  const token = tokenWithCause(facts, 'secret-invalid');
  if (token === undefined) return undefined;
  if (credential?.match === 'secret-id') {
    return aboutToken(token, {
      confidence: 'certain',
      detail: 'secret-id-instead-of-value',
      because: ['The configured value is the Secret ID of a secret that is registered for this app.'],
    });
  }
  const shape = SHAPE_DETAIL[token.facts.secretShape?.looksLike ?? 'other'];
  if (shape !== undefined) {
    return aboutToken(token, { confidence: 'certain', detail: shape[0], because: [shape[1]] });
  }
  if (credential?.match === 'none') {
    return aboutToken(token, {
      confidence: 'certain',
      detail: 'not-registered',
      because: [
        'The configured value is not one of the registered secrets of this app: it was deleted, or belongs to another app.',
      ],
    });
  }
  // For a secret that expired and was then deleted, Entra sends the same answer as for a secret that never existed.
  const ended = credential?.endDates.find((end) => end.expiresAt < now);
  return aboutToken(token, {
    confidence: ended === undefined ? 'certain' : 'likely',
    ...(ended === undefined
      ? {}
      : { because: [`Its end date (${ended.source}) was ${dateOf(ended.expiresAt)}.`] }),
  });
}

/**
 * Finds a wrong secret by the directory's data before Entra refuses it. Entra still accepts some deleted secrets for a
 * few minutes.
 */
function beforeItFails(facts: CaseFacts): Finding | undefined {
  const { credential } = facts.context;
  if (credential?.match !== 'none' && credential?.match !== 'secret-id') return undefined;
  const works = credential.valid === true;
  return {
    confidence: works ? 'likely' : 'certain',
    about: 'credential',
    severity: works ? 'warning' : 'critical',
    detail: credential.match === 'none' ? 'not-registered' : 'secret-id-instead-of-value',
    because: [
      credential.match === 'none'
        ? 'By its first three characters, the configured value is not one of the registered secrets of this app.'
        : 'The configured value is the Secret ID of a registered secret, not its Value.',
    ],
  };
}

export const SECRET_RULES = {
  'secret-expired': {
    title: (names) => `The client secret of ${names.app} has expired`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 2,
    references: [REFERENCES.codes, REFERENCES.addPassword, REFERENCES.guide],
    symptom:
      'The token endpoint returns AADSTS7000222 (HTTP 401, invalid_client): "The provided client secret keys for app ... are expired." Mailboxes keep working for up to 90 minutes, until the last cached token expires.',
    test: () =>
      'Entra returns AADSTS7000222 only for a secret that matched and is past its end date. Certificates & secrets shows the end date.',
    lookAlikes: ['secret-invalid'],
    when: (facts) => {
      const finding = byCode('secret-expired')(facts);
      if (finding !== undefined) return finding;
      const token = tokenWithCause(facts, 'secret-invalid');
      const ended =
        facts.context.credential?.endDates.some((end) => end.expiresAt < facts.context.now) ?? false;
      const hasOtherFault = (token?.facts.secretShape?.looksLike ?? 'secret-value') !== 'secret-value';
      return token !== undefined && ended && !hasOtherFault && facts.context.credential?.match !== 'secret-id'
        ? aboutToken(token, {
            confidence: 'possible',
            because: ['For a secret that expired and was then deleted, Entra returns AADSTS7000215.'],
          })
        : undefined;
    },
    fix: newSecret,
    takesEffect: 'At once, or within a minute or two while the new secret spreads through Entra.',
  },
  'secret-invalid': {
    title: (names, detail) =>
      detail === 'secret-id-instead-of-value'
        ? `${names.app} is configured with the Secret ID instead of the secret's Value`
        : `The client secret of ${names.app} is not one of its valid secrets`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 2,
    references: [REFERENCES.codes, REFERENCES.addPassword, REFERENCES.guide],
    symptom:
      'The token endpoint returns AADSTS7000215 (HTTP 401, invalid_client): "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID". The text mentions the secret ID whatever the cause is: a Secret ID, a truncated or quoted copy, the secret of another app, a deleted secret, or a secret that was encoded twice. Older: AADSTS70002 with AADSTS50012, "Invalid client secret is provided."',
    test: () =>
      'Compare the first three characters of the configured value with the Hint column of the registered secrets: no match means that it is not a secret of this app (an empty Hint proves nothing). A GUID is a Secret ID.',
    lookAlikes: ['secret-expired'],
    when: either(secretInvalid, byCode('secret-invalid')),
    fix: (names, detail) => [
      ...(detail === 'surrounding-whitespace' || detail === 'surrounding-quotes' || detail === 'encoded-twice'
        ? [
            say(
              `Put the value into ${names.secretLocation} exactly as the portal showed it: without quotes, without spaces or line breaks before or after it, and not percent-encoded.`,
            ),
          ]
        : []),
      ...(detail === undefined
        ? [
            powershell(
              'List the secrets of the app. If no Hint (the first three characters of a secret) matches the configured value, the value belongs to another app or was deleted.',
              showSecrets(names),
            ),
          ]
        : []),
      ...newSecret(names),
      say('If the secret was changed recently, restart every program that still uses the old value.'),
    ],
    takesEffect: 'At once, or within a minute or two while a new secret spreads through Entra.',
  },
  'secret-missing': {
    title: (names) => `The token request of ${names.app} carried no credential`,
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.codes, REFERENCES.clientCredentials],
    symptom:
      'The token endpoint returns AADSTS7000216 or AADSTS7000218: client_secret or client_assertion is required. Usually an environment variable or a secret file is empty, or the body was sent as JSON instead of form fields.',
    test: (names) =>
      `Check that ${names.secretLocation} contains the secret, and that the program can read it.`,
    lookAlikes: ['client-type-mismatch', 'request-malformed'],
    when: (facts) => {
      const token = tokenWithCause(facts, 'secret-missing');
      if (token !== undefined) {
        return aboutToken(token, { confidence: token.code === 7_000_218 ? 'likely' : 'certain' });
      }
      const empty =
        facts.token?.failure.kind === 'credential' && facts.token.failure.code?.startsWith('empty-') === true;
      return facts.token !== undefined && empty
        ? aboutToken(facts.token, { confidence: 'certain', detail: 'empty' })
        : undefined;
    },
    fix: (names) => [
      say(`Put the secret's Value into ${names.secretLocation}, and make sure that the program can read it.`),
      say(
        'Your own program must send the body as application/x-www-form-urlencoded, with client_secret as one of its fields.',
      ),
    ],
    takesEffect: 'At once.',
  },
  'credential-unreadable': {
    title: (names) =>
      `The credential of ${names.app} cannot be used: its file cannot be read, or has the wrong content`,
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.certificateCredentials, REFERENCES.guide],
    symptom:
      'No token was requested, because the configured secret, certificate, key or federated token could not be read or used. The evidence names the file and the reason.',
    test: () =>
      'The message in the evidence comes from this machine: the file is missing or may not be read, is not PEM or has a passphrase, or the key does not belong to the certificate.',
    lookAlikes: [],
    when: (facts) =>
      facts.token?.failure.kind === 'credential' && facts.token.failure.code?.startsWith('empty-') !== true
        ? aboutToken(facts.token, { confidence: 'certain' })
        : undefined,
    fix: (names) => [
      say(
        `Correct ${names.secretLocation}: the credential must exist, be readable by the user that runs the program, and have the right content (a secret's Value, a PEM certificate and its private key without passphrase, or a token).`,
      ),
    ],
    takesEffect: 'At once: the file is read again for every token request.',
  },
  'client-type-mismatch': {
    title: (names) => `${names.app} is registered as a public client, so Entra accepts no secret from it`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 1,
    references: [REFERENCES.codes, REFERENCES.clientCredentials],
    symptom:
      "The token endpoint returns AADSTS700025: \"Client is public so neither 'client_assertion' nor 'client_secret' should be presented.\"",
    test: () =>
      'Entra admin center > App registrations > the app > Authentication: "Allow public client flows" is Yes, or the only platform is "Mobile and desktop applications".',
    lookAlikes: ['secret-missing'],
    when: clientTypeMismatch,
    fix: () => [
      say(
        'Entra admin center > App registrations > the app > Authentication > Advanced settings: set "Allow public client flows" to No. (A program that signs users in by device code or password needs Yes: see not-client-credentials.)',
      ),
      say(
        'If that does not help, register a new application without a "Mobile and desktop" platform and repeat the guide from step 1.',
      ),
    ],
    takesEffect: 'Within a few minutes.',
  },
} satisfies RuleTable;

function clientTypeMismatch(facts: CaseFacts): Finding | undefined {
  const finding = byCode('client-type-mismatch')(facts);
  if (finding !== undefined) return finding;
  const token = tokenWithCause(facts, 'secret-missing');
  return token?.code === 7_000_218 ? aboutToken(token, { confidence: 'possible' }) : undefined;
}
