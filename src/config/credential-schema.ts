/**
 * An app's credential, as written in the file: the source of the secret, never the secret. `credential-files.ts` checks
 * the files themselves. Used by `schema.ts`.
 */
import { z } from 'zod';
import { addFault, path, mismatch, text, words } from './fields.ts';
import type { Fault } from './config-error.ts';
import { shown, shownKind } from './shown.ts';

export type CredentialSettings = (
  | { readonly kind: 'secret-file'; readonly secretFile: string }
  | { readonly kind: 'secret-env'; readonly secretEnv: string }
  | { readonly kind: 'certificate'; readonly certificateFile: string; readonly privateKeyFile: string }
  | { readonly kind: 'federated-token'; readonly tokenFile: string }
) & { readonly expiresAt?: number };

/** The keys under which people write the secret itself by mistake. */
export const INLINE_SECRET_KEYS: ReadonlySet<string> = new Set([
  'secret',
  'secret_value',
  'client_secret',
  'clientsecret',
  'app_secret',
  'application_password',
  'password',
  'passphrase',
  'token',
  'access_token',
  'private_key',
  'certificate',
  'value',
]);

const WAYS = 'secret_file, secret_env, certificate_file with private_key_file, federated_token_file';

const expiresAtExpected = 'a date such as 2027-03-01, or a time such as 2027-03-01T12:00:00Z';

const expiresAt = text({
  expected: expiresAtExpected,
  code: 'not-a-date',
  pattern: /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/,
  fault: (value) =>
    z.iso.date().safeParse(value).success || z.iso.datetime({ offset: true }).safeParse(value).success
      ? undefined
      : { code: 'not-a-date', message: mismatch(expiresAtExpected, value, shown) },
}).transform((value) => Date.parse(value));

const written = z.strictObject(
  {
    secret_file: path('a file that holds the secret', shownKind)
      .optional()
      .describe(
        'File that holds the secret: the *Value* from "Certificates & secrets", not the *Secret ID*. One line end at the end of the file is not part of the secret.',
      ),
    secret_env: text({
      expected: 'the name of an environment variable: letters, digits and "_"',
      code: 'not-a-variable-name',
      pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
      echo: shownKind,
    })
      .optional()
      .describe('Environment variable that holds the secret.'),
    certificate_file: path('a PEM certificate', shownKind)
      .optional()
      .describe('Certificate (PEM) that is registered at the app.'),
    private_key_file: path('the private key of the certificate', shownKind)
      .optional()
      .describe('Private key (PEM, without passphrase) of `certificate_file`.'),
    federated_token_file: path('a federated token', shownKind)
      .optional()
      .describe('File with the token of a federated identity (workload identity). Read at each use.'),
    expires_at: expiresAt
      .optional()
      .describe(
        'When the credential ends, as the portal shows it: a date (its start in UTC) or an RFC 3339 time. Needed only if the app may not read Graph.',
      ),
  },
  words('a mapping such as { secret_file: /run/secrets/plm }', (value) =>
    typeof value === 'string' ? `${shownKind(value)}: a secret must not be in this file` : shownKind(value),
  ),
);

export const credential = written.transform((raw, faults): CredentialSettings => {
  const end = raw.expires_at === undefined ? {} : { expiresAt: raw.expires_at };
  const found: CredentialSettings[] = [];
  if (raw.secret_file !== undefined) found.push({ kind: 'secret-file', secretFile: raw.secret_file, ...end });
  if (raw.secret_env !== undefined) found.push({ kind: 'secret-env', secretEnv: raw.secret_env, ...end });
  if (raw.certificate_file !== undefined && raw.private_key_file !== undefined) {
    found.push({
      kind: 'certificate',
      certificateFile: raw.certificate_file,
      privateKeyFile: raw.private_key_file,
      ...end,
    });
  }
  if (raw.federated_token_file !== undefined) {
    found.push({ kind: 'federated-token', tokenFile: raw.federated_token_file, ...end });
  }
  const halfCertificate = (raw.certificate_file === undefined) !== (raw.private_key_file === undefined);
  const [only] = found;
  if (only !== undefined && found.length === 1 && !halfCertificate) return only;
  addFault(faults, halfCertificate ? missingHalf(raw.certificate_file) : notOne(found.length));
  return z.NEVER;
});

function missingHalf(certificateFile: string | undefined): Fault {
  const [has, lacks] =
    certificateFile === undefined
      ? ['private_key_file', 'certificate_file']
      : ['certificate_file', 'private_key_file'];
  return {
    code: 'certificate-incomplete',
    message: `expected ${lacks} together with ${has}, but it is missing`,
  };
}

function notOne(count: number): Fault {
  const got = count === 0 ? 'none of them' : 'several of them';
  return {
    code: count === 0 ? 'credential-missing' : 'credential-ambiguous',
    message: `expected exactly one of ${WAYS}, got ${got}`,
  };
}
