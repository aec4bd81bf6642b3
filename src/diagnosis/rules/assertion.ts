/** Certificates and federated tokens in place of a secret. Guide step 2. */
import { correctionSeconds } from '../../model/clock-skew.ts';
import { showCertificates } from '../fix/graph.ts';
import { powershell, say, shell } from '../fix/step.ts';
import { REFERENCES } from '../references.ts';
import type { RuleTable } from '../rule.ts';
import { aboutToken, byCode, tokenWithCause } from '../when.ts';

/** If the clocks differ by this much or more, this machine's clock is the more likely cause. */
const SKEW_THAT_MATTERS_SECONDS = 300;

export const ASSERTION_RULES = {
  'cert-credential-invalid': {
    title: (names) => `Entra does not accept the certificate or assertion of ${names.app}`,
    owner: 'entra-admin',
    scope: 'app',
    guideStep: 2,
    references: [REFERENCES.certificateCredentials, REFERENCES.federation, REFERENCES.codes],
    symptom:
      'The token endpoint returns AADSTS700027 ("The certificate with identifier used to sign the client assertion is not registered on application", or "Client assertion contains an invalid signature"), AADSTS50012, AADSTS700030, AADSTS700021, or, for a federated identity, AADSTS70021 or AADSTS700211 to 700213.',
    test: () =>
      'Compare the thumbprint that the error quotes with the certificates listed under Certificates & secrets: if it is not listed, it was not uploaded; if it is listed and its end date is past, it has expired.',
    lookAlikes: ['assertion-time-invalid'],
    when: byCode('cert-credential-invalid'),
    fix: (names, detail) =>
      detail === 'federated-identity'
        ? [
            say(
              'Entra admin center > App registrations > the app > Certificates & secrets > Federated credentials: issuer, subject and audience must equal iss, sub and aud of the presented token, character by character.',
            ),
          ]
        : [
            powershell(
              'List the certificates of the app, with thumbprints and end dates.',
              showCertificates(names),
            ),
            say(
              `Upload the public part (.cer or .pem) of the certificate in use (see ${names.secretLocation}): Entra admin center > App registrations > the app > Certificates & secrets > Certificates > Upload certificate. The old one can stay. (Not with Update-MgApplication -KeyCredentials: that replaces the whole list.)`,
            ),
          ],
    takesEffect: 'Within a few minutes.',
  },
  'assertion-time-invalid': {
    title: (names) =>
      `The signed assertion of ${names.app} was outside its validity period when Entra received it`,
    owner: 'operator',
    scope: 'app',
    guideStep: 2,
    references: [REFERENCES.certificateCredentials, REFERENCES.codes],
    symptom:
      'The token endpoint returns AADSTS700024: "Client assertion is not within its valid time range. Current time: ..., assertion valid from ..., expiry time of assertion ...". Older: the same text with AADSTS50012.',
    test: () =>
      'Compare the current time in the error with the valid time range in it. A difference of a few minutes means a cached or delayed assertion, of whole hours a time-zone fault in the program, anything else a wrong clock.',
    lookAlikes: ['clock-skew', 'cert-credential-invalid'],
    when: (facts) => {
      const token = tokenWithCause(facts, 'assertion-time-invalid');
      if (token === undefined) return undefined;
      const skewed = Math.abs(correctionSeconds(facts)) >= SKEW_THAT_MATTERS_SECONDS;
      return aboutToken(token, { confidence: skewed ? 'possible' : 'likely' });
    },
    fix: () => [
      shell(
        "Check this machine's clock, and switch on time synchronization.",
        'timedatectl status\nsudo timedatectl set-ntp true',
      ),
      say(
        'If the clock is right, the program creates the assertion too early or keeps it too long: create a new one for every token request, in UTC, valid for at most ten minutes.',
      ),
    ],
    takesEffect: 'At the next token request.',
  },
} satisfies RuleTable;
