/** A new credential beside the old one, and the old one out of the registration when the new one works. */
import type { Names } from '../names.ts';
import { addSecret, removeSecret } from './graph.ts';
import { powershell, say } from './step.ts';

/**
 * App management policies are in every plan: https://learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy
 * The words are Graph's own answers to addPassword.
 */
const WHERE_FORBIDDEN = say(
  'Where the answer is CredentialInvalidLifetimeAsPerAppPolicy ("Credential lifetime exceeds the max value allowed as per assigned policy") or CredentialTypeNotAllowedAsPerAppPolicy, or the button is grayed out, an app management policy of the tenant shortens or forbids client secrets (Entra admin center > Enterprise apps > Application policies). Shortened: take an earlier end date, (Get-Date).AddDays(90) in place of AddMonths(6). Forbidden: take a certificate (docs/setup.md, "A certificate in place of a secret": openssl makes it, Certificates & secrets > Certificates takes it, certificate_file and private_key_file in the configuration), or ask for an exception for this application.',
);

export function newSecret(names: Names) {
  return [
    powershell(
      'Add a new client secret; the old ones stay as they are. Portal: Entra admin center > App registrations > the app > Certificates & secrets > New client secret. Or in PowerShell, which prints the secret: not in a window that is recorded (Start-Transcript).',
      addSecret(names),
    ),
    WHERE_FORBIDDEN,
    say(
      `Copy the Value (SecretText), not the Secret ID; it is shown once. Put it into ${names.secretLocation}.`,
    ),
  ];
}

/** The last step, and one of its own: nothing is to be removed before the new secret has proved itself. */
function takeOldSecretOut(names: Names) {
  const when = 'Last, when every program works with the new secret, and not before';
  return names.keyId === undefined
    ? [
        say(
          `${when}: take the old secret out, under App registrations > the app > Certificates & secrets. What was removed cannot be brought back.`,
        ),
      ]
    : [
        powershell(
          `${when}: take the old secret out, by its key id. The command lists the secrets and asks first; what was removed cannot be brought back.`,
          removeSecret(names, names.keyId),
        ),
      ];
}

export function replaceCredential(names: Names) {
  return names.credentialKind === 'secret'
    ? [
        powershell(
          'Add a new client secret beside the old one, which keeps working until its own end.',
          addSecret(names),
        ),
        WHERE_FORBIDDEN,
        say(
          `Put the Value (SecretText) into ${names.secretLocation}; it is picked up without a restart. Give it to every other program that uses this app, too.`,
        ),
        ...takeOldSecretOut(names),
      ]
    : [
        say(
          'Make a new key and certificate, and upload the certificate beside the old one: App registrations > the app > Certificates & secrets > Certificates > Upload certificate. (Not with Update-MgApplication -KeyCredentials: that replaces the whole list, and the certificate in use with it.)',
        ),
        say(
          `Then put both into ${names.secretLocation}; they are picked up without a restart. Take the old certificate out of the registration afterwards.`,
        ),
      ];
}
