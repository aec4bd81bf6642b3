/** The client secret: expired, not a secret of this app, absent. Guide step 2. */
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
  whitespace: ['surrounding-whitespace', 'The configured secret begins or ends with white space.'],
  quoted: [
    'surrounding-quotes',
    'The configured secret is enclosed in quotes, which are sent as part of it.',
  ],
  encoded: [
    'encoded-twice',
    'The configured secret holds %xx sequences: it was encoded before it was stored.',
  ],
  short: [
    'truncated',
    'The configured secret is shorter than any that Entra makes: a part of it is missing.',
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
      because: ['The configured value is the Secret ID of a secret that is registered at this app.'],
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
        'The configured value is none of the secrets that are registered at this app: deleted, or of another app.',
      ],
    });
  }
  // A secret that expired and was then deleted is answered like one that never was.
  const ended = credential?.endDates.find((end) => end.expiresAt < now);
  return aboutToken(token, {
    confidence: ended === undefined ? 'certain' : 'likely',
    ...(ended === undefined
      ? {}
      : { because: [`Its end date (${ended.source}) was ${dateOf(ended.expiresAt)}.`] }),
  });
}

/** Graph tells it before Entra does: a deleted secret may be taken for some minutes yet. */
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
        ? 'By its first three characters, the configured value is none of the secrets that are registered at this app.'
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
      'The token endpoint answers AADSTS7000222 (HTTP 401, invalid_client): "The provided client secret keys for app ... are expired." Mailboxes go on working until the last cached token ends, about an hour.',
    test: () =>
      'AADSTS7000222 is said only of a secret that matched and is past its end date. The end date stands under Certificates & secrets.',
    lookAlikes: ['secret-invalid'],
    when: (facts) => {
      const own = byCode('secret-expired')(facts);
      if (own !== undefined) return own;
      const token = tokenWithCause(facts, 'secret-invalid');
      const ended =
        facts.context.credential?.endDates.some((end) => end.expiresAt < facts.context.now) ?? false;
      const named = (token?.facts.secretShape?.looksLike ?? 'secret-value') !== 'secret-value';
      return token !== undefined && ended && !named && facts.context.credential?.match !== 'secret-id'
        ? aboutToken(token, {
            confidence: 'possible',
            because: ['A secret that expired and was then deleted is answered with AADSTS7000215.'],
          })
        : undefined;
    },
    fix: newSecret,
    takesEffect: 'At once, or within a minute or two while the new secret spreads through Entra.',
  },
  'secret-invalid': {
    title: (names, detail) =>
      detail === 'secret-id-instead-of-value'
        ? `${names.app} is configured with the Secret ID in place of the secret's Value`
        : `The client secret of ${names.app} is not one of its live secrets`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 2,
    references: [REFERENCES.codes, REFERENCES.addPassword, REFERENCES.guide],
    symptom:
      'The token endpoint answers AADSTS7000215 (HTTP 401, invalid_client): "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID". The text speaks of the secret ID whatever the cause: a Secret ID, a cut-off or quoted copy, the secret of another app, a deleted secret, an encoding applied twice. Older: AADSTS70002 with AADSTS50012, "Invalid client secret is provided."',
    test: () =>
      'Compare the first three characters of the configured value with the Hint column of the registered secrets: no match means that it is not a secret of this app (an empty Hint says nothing). A GUID is a Secret ID.',
    lookAlikes: ['secret-expired'],
    when: either(secretInvalid, byCode('secret-invalid')),
    fix: (names, detail) => [
      ...(detail === 'surrounding-whitespace' || detail === 'surrounding-quotes' || detail === 'encoded-twice'
        ? [
            say(
              `Store the value exactly as the portal showed it in ${names.secretLocation}: no quotes, no blanks or line ends before or after it, not percent-encoded.`,
            ),
          ]
        : []),
      ...(detail === undefined
        ? [
            powershell(
              'See which secrets the app has. If the Hint (first three characters) of none is that of the configured value, the value is of another app or was deleted.',
              showSecrets(names),
            ),
          ]
        : []),
      ...newSecret(names),
      say(
        'If the secret was changed a short while ago, restart every program that still holds the old value.',
      ),
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
      'The token endpoint answers AADSTS7000216 or AADSTS7000218: client_secret or client_assertion is required. Usually an empty environment variable or secret file, or a body that was sent as JSON instead of form fields.',
    test: (names) => `See whether ${names.secretLocation} is empty or cannot be read by the program.`,
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
      say(`Put the secret's Value into ${names.secretLocation}, and see that the program may read it.`),
      say(
        'A program of your own must send the body as application/x-www-form-urlencoded, with client_secret as a field of it.',
      ),
    ],
    takesEffect: 'At once.',
  },
  'credential-unreadable': {
    title: (names) =>
      `The credential of ${names.app} cannot be used: its file cannot be read, or does not fit`,
    owner: 'operator',
    scope: 'app',
    guideStep: 5,
    references: [REFERENCES.certificateCredentials, REFERENCES.guide],
    symptom:
      'No token was asked for, because the secret, certificate, key or federated token in the configuration could not be read or used. The evidence names the file and the reason.',
    test: () =>
      "The words in the evidence are this machine's own: the file is absent, forbidden, not PEM, protected by a passphrase, or the key is not that of the certificate.",
    lookAlikes: [],
    when: (facts) =>
      facts.token?.failure.kind === 'credential' && facts.token.failure.code?.startsWith('empty-') !== true
        ? aboutToken(facts.token, { confidence: 'certain' })
        : undefined,
    fix: (names) => [
      say(
        `Mend ${names.secretLocation}: it must exist, be readable by the user that runs the program, and hold what its name says (a secret's Value; a PEM certificate and its own private key without passphrase; a token).`,
      ),
    ],
    takesEffect: 'At once: the file is read anew for every token request.',
  },
  'client-type-mismatch': {
    title: (names) => `${names.app}: registered as a public client, so Entra takes no secret from it`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 1,
    references: [REFERENCES.codes, REFERENCES.clientCredentials],
    symptom:
      "The token endpoint answers AADSTS700025: \"Client is public so neither 'client_assertion' nor 'client_secret' should be presented.\"",
    test: () =>
      'Entra admin centre > App registrations > the app > Authentication: "Allow public client flows" is Yes, or the only platform is "Mobile and desktop applications".',
    lookAlikes: ['secret-missing'],
    when: either700025,
    fix: () => [
      say(
        'Entra admin centre > App registrations > the app > Authentication > Advanced settings: set "Allow public client flows" to No. (A program that signs users in by device code or password wants Yes: see not-client-credentials.)',
      ),
      say(
        'If that does not help, register a new application without a "Mobile and desktop" platform and repeat the guide from step 1.',
      ),
    ],
    takesEffect: 'Within a few minutes.',
  },
} satisfies RuleTable;

function either700025(facts: CaseFacts): Finding | undefined {
  const own = byCode('client-type-mismatch')(facts);
  if (own !== undefined) return own;
  const token = tokenWithCause(facts, 'secret-missing');
  return token?.code === 7_000_218 ? aboutToken(token, { confidence: 'possible' }) : undefined;
}
