/**
 * The steps that replace a credential: add a new one, and remove the old one once the new one works. The new credential
 * is a certificate if the tenant's policy is known to forbid client secrets.
 */
import type { FixStep } from '../../model/diagnosis.ts';
import type { Names } from '../names.ts';
import { addCertificate, addSecret, removeSecret } from './graph.ts';
import { powershell, say, shell } from './step.ts';

const DAY_MS = 86_400_000;
const CERTIFICATE = 'mailprobe.crt';
const KEY = 'mailprobe.key';

/**
 * App management policies exist in every license plan of Entra
 * (https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy). The quoted messages are
 * answers of Graph to addPassword.
 */
const WHERE_FORBIDDEN = say(
  'If the answer is CredentialInvalidLifetimeAsPerAppPolicy ("Credential lifetime exceeds the max value allowed as per assigned policy") or CredentialTypeNotAllowedAsPerAppPolicy, or the button is grayed out, an app management policy of the tenant limits or forbids client secrets. If it limits their lifetime, use an earlier end date: replace AddMonths(6) with AddDays(90). If it forbids them, use a certificate: paste the answer into mailprobe explain, which prints the commands.',
);

export function newSecret(names: Names): readonly FixStep[] {
  if (names.policy?.forbidsSecrets === true) return certificateInstead(names);
  return [
    powershell(
      'Add a new client secret; the old ones stay as they are. Portal: Entra admin center > App registrations > the app > Certificates & secrets > New client secret. Or in PowerShell. The command prints the secret, so do not run it in a window that is recorded (Start-Transcript).',
      addSecret(names),
    ),
    ...whereForbidden(names),
    say(
      `Copy the Value (SecretText), not the Secret ID. It is shown only once. Put it into ${names.secretLocation}.`,
    ),
  ];
}

/** Returns no step if the policy is known, because the commands then already respect it. */
function whereForbidden({ policy }: Names): readonly FixStep[] {
  return policy === undefined ? [WHERE_FORBIDDEN] : [];
}

/**
 * Returns the steps that set up a certificate. An app may have both secrets and certificates, so the old secret works
 * until it is removed.
 */
export function certificateInstead(names: Names): readonly FixStep[] {
  return [
    shell(
      'On the machine of mailprobe, make a key and a certificate. The key never leaves this machine.',
      `openssl req -x509 -newkey rsa:3072 -nodes -days ${certificateDays(names)} -subj '/CN=mailprobe' -keyout ${KEY} -out ${CERTIFICATE} && chmod 600 ${KEY}`,
    ),
    powershell(
      `Register the certificate. Portal: Entra admin center > App registrations > the app > Certificates & secrets > Certificates > Upload certificate. Or in PowerShell, in the folder that holds ${CERTIFICATE}. The command stops if the app already has a certificate, because it would replace that one.`,
      addCertificate(names, CERTIFICATE),
    ),
    say(
      `In the configuration of mailprobe, replace the credential of the app with credential: { certificate_file: ${CERTIFICATE}, private_key_file: ${KEY} }. Other programs that use this app need a certificate too: the same one or their own.`,
    ),
    say(
      'Or have an administrator exempt this application from the policy: Entra admin center > Enterprise apps > Application policies.',
    ),
  ];
}

/**
 * Returns a lifetime of a year. If the policy allows less, returns its maximum minus a day, because some time passes
 * until the certificate is registered.
 */
function certificateDays({ policy }: Names): number {
  const longest = Math.floor((policy?.longestCertificateMs ?? Number.POSITIVE_INFINITY) / DAY_MS) - 1;
  return Math.max(1, Math.min(365, longest));
}

/** Removing the old secret is a separate last step, because the new secret must work first. */
function takeOldSecretOut(names: Names): readonly FixStep[] {
  const when = 'Last, and only when every program works with the new secret';
  return names.keyId === undefined
    ? [
        say(
          `${when}: remove the old secret, under App registrations > the app > Certificates & secrets. A removed secret cannot be restored.`,
        ),
      ]
    : [
        powershell(
          `${when}: remove the old secret, by its key id. The command lists the secrets and asks first. A removed secret cannot be restored.`,
          removeSecret(names, names.keyId),
        ),
      ];
}

export function replaceCredential(names: Names): readonly FixStep[] {
  if (names.credentialKind !== 'secret') return replaceCertificate(names);
  if (names.policy?.forbidsSecrets === true) return certificateInstead(names);
  return [
    powershell(
      'Add a new client secret next to the old one, which works until its own end date.',
      addSecret(names),
    ),
    ...whereForbidden(names),
    say(
      `Put the Value (SecretText) into ${names.secretLocation}. mailprobe reads it without a restart. Give it to every other program that uses this app, too.`,
    ),
    ...takeOldSecretOut(names),
  ];
}

function replaceCertificate(names: Names): readonly FixStep[] {
  return [
    say(
      'Make a new key and certificate, and upload the certificate next to the old one: App registrations > the app > Certificates & secrets > Certificates > Upload certificate. (Not with Update-MgApplication -KeyCredentials: that replaces the whole list, including the certificate in use.)',
    ),
    say(
      `Then put both into ${names.secretLocation}. mailprobe reads them without a restart. Last, remove the old certificate from the registration.`,
    ),
  ];
}
