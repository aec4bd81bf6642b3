/**
 * Sentences of Entra, Microsoft Graph and token libraries that carry no code, with their possible causes.
 * `transcript/parse-sentence.ts` uses them if the text holds no code of Entra.
 */
import type { Cause } from '../model/cause.ts';

export interface OpenText {
  /** Words in lower case. The text must hold at least one of them. */
  readonly words: readonly string[];
  /** The line that holds one of `words` must match this pattern, too. */
  readonly pattern?: RegExp;
  /** Applies only to a text that names Entra, Microsoft Graph or their libraries. */
  readonly ofEntra?: true;
  readonly causes: readonly Cause[];
  /**
   * `likely` is the confidence in the first cause. It does not apply if the text holds one of the words of
   * `possibleIf`.
   */
  readonly confidence?: 'likely';
  readonly possibleIf?: readonly string[];
}

/** Messages about a credential that could not be used. No request was sent. */
const UNREADABLE: readonly string[] = [
  // Printed by Windows and .NET.
  'keyset does not exist',
  'certificate was not found or has expired',
  'the specified network password is not correct',
  'cannot find the requested object',
  'the certificate does not have a private key',
  'certificate does not have a private key',
  'key not valid for use in specified state',
  'no certificate was found in the certificate store',
  'asn1 corrupted data',
  // Printed by Python.
  'unable to load certificate key',
  'unable to load pem file',
  'could not deserialize key data',
  'could not parse the provided public key',
  'failed to deserialize certificate',
  'unable to load certificate',
  'expected start of certificate to be',
  'password was not given but private key is encrypted',
  // Printed by Java.
  'pem certificate provided does not contain',
  'keystore password was incorrect',
  'invalid keystore format',
  'unable to decode key',
  'toderinputstream rejects tag type',
  // Printed by Node.
  'does not contain a pem-encoded certificate',
  'decoder routines::unsupported',
  'pem routines:get_name:no start line',
  'pem routines::no start line',
  'secretorprivatekey must be an asymmetric key',
  // Printed by Go and Rust.
  'decryption password incorrect',
  'pkcs12: expected exactly two items',
  'found no certificate',
  'found no private key',
  // Printed by PHP and OpenSSL.
  'cannot be coerced into a private key',
  'unable to load private key',
  // Printed by other programs.
  'the credentials supplied to the package were not recognized',
];
/** A file such as `/run/secrets/plm.pfx` or `azure-identity-token` that could not be opened. */
const CREDENTIAL_FILE =
  /(?:could not find (?:a part of the path|file)|no such file or directory|enoent|permission denied|access to the path).{0,120}?(?:\.(?:pfx|p12|pem|key)\b|azure-identity-token)|(?:\.(?:pfx|p12|pem|key)\b|azure-identity-token).{0,60}?(?:no such file|permission denied|is denied)/i;

export const OPEN_TEXTS: readonly OpenText[] = [
  {
    words: ['authorization_requestdenied', 'insufficient privileges to complete the operation'],
    causes: ['graph-permission-missing'],
    confidence: 'likely',
    possibleIf: ['"application.read', '"directory.read', "'application.read", "'directory.read"],
  },
  {
    words: ['access token validation failure. invalid audience'],
    causes: ['wrong-audience'],
    confidence: 'likely',
  },
  {
    words: [
      'access token has expired or is not yet valid',
      'lifetime validation failed, the token is expired',
    ],
    causes: ['access-token-expired', 'clock-skew'],
    confidence: 'likely',
  },
  { words: ['client secret has expired'], causes: ['secret-expired'], confidence: 'likely' },
  {
    words: ['no service namespace named'],
    causes: ['tenant-not-found', 'national-cloud-mismatch'],
    confidence: 'likely',
  },
  {
    words: ['is disabled'],
    pattern: /\bApplication '[0-9a-f-]{36}'\s?\([^)\n]{0,80}\) is disabled/i,
    causes: ['app-disabled'],
    confidence: 'likely',
  },
  {
    words: ['has not consented to use the application'],
    causes: ['admin-consent-missing', 'not-client-credentials'],
  },
  {
    // Zammad prints this if its HTTP client received no answer.
    words: ['failed to refresh xoauth2 access_token'],
    pattern: /provider 'microsoft365?': Request failed! \(code: 0\)/i,
    causes: ['tcp-blocked', 'dns-failure', 'proxy-failure', 'tls-interception'],
  },
  { words: UNREADABLE, ofEntra: true, causes: ['credential-unreadable'], confidence: 'likely' },
  {
    words: ['could not find', 'no such file', 'enoent', 'permission denied', 'access to the path'],
    pattern: CREDENTIAL_FILE,
    ofEntra: true,
    causes: ['credential-unreadable'],
    confidence: 'likely',
  },
];
