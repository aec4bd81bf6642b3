/**
 * Texts that recognize the answer of a token endpoint without a code of Entra: Entra's sentences, OAuth's error names
 * with their possible causes, and words that show which service answered.
 */
import type { Cause } from '../model/cause.ts';

/** Entra's sentences, or parts of them, in lower case. Each has the code that Entra prints with it. */
export const SENTENCES: readonly (readonly [string, number])[] = [
  ['provided client secret keys', 7_000_222],
  ['invalid client secret provided', 7_000_215],
  ['invalid client secret is provided', 7_000_215],
  ['client secret value, not the client secret id', 7_000_215],
  ["'client_assertion', 'client_secret' or 'request' is required", 7_000_216],
  ["parameter: 'client_assertion' or 'client_secret'", 7_000_218],
  ["parameter: 'client_secret or client_assertion'", 7_000_218],
  ["parameter: 'client_assertion or client_secret'", 7_000_218],
  ["'client_assertion' or 'client_secret' is required", 7_000_216],
  ["'client_secret' or 'client_assertion' is required", 7_000_216],
  ['client is public so neither', 700_025],
  ["' was not found in the directory", 700_016],
  ['check to make sure you have the correct tenant id', 90_002],
  ['is neither a valid dns name, nor a valid external domain', 900_023],
  ['client assertion is not within its valid time range', 700_024],
  ['used to sign the client assertion is not registered', 700_027],
  ['client assertion contains an invalid signature', 700_027],
  ['client assertion audience claim', 700_021],
  ['no matching federated identity record found', 700_213],
  ['a transient error has occurred', 90_033],
  ['blocked by conditional access policies', 53_003],
  ['is missing service principal in the tenant', 7_000_229],
  ['client credential flows must have a scope value', 1_002_012],
  ['the resource principal named', 500_011],
  ['resource which is not listed in the requested permissions', 650_057],
  ['confidential client is not supported in cross cloud', 900_382],
  ['client request loop', 50_196],
  ['the endpoint only accepts post', 900_561],
  ['request is malformed or invalid', 9_002_313],
  ['no tenant-identifying information found', 50_059],
  ['proof key for code exchange is required', 9_002_325],
  ['no applicable permissions were found for this user', 65_001],
  ["that your organization '", 650_052],
];

/**
 * Returns the code of the first sentence of `SENTENCES` that the text holds. Undefined if there is none. The sentence
 * may be more specific than the code that the text itself prints. `text` is in lower case.
 */
export function codeBySentence(text: string): number | undefined {
  return SENTENCES.find(([sentence]) => text.includes(sentence))?.[1];
}

/**
 * The codes with which Graph refuses a new credential because of a tenant's policy. After each code come parts of its
 * message, in lower case.
 */
export const POLICY_REFUSALS: readonly (readonly [code: string, ...words: string[]])[] = [
  [
    'CredentialTypeNotAllowedAsPerAppPolicy',
    'credentialtypenotallowedasperapppolicy',
    'credential type not allowed as per assigned policy',
  ],
  [
    'CredentialInvalidLifetimeAsPerAppPolicy',
    'credentialinvalidlifetimeasperapppolicy',
    'credential lifetime exceeds the max value allowed as per assigned policy',
  ],
];

/** Key: a value of OAuth's `error`. Value: its possible causes if nothing else is known, best first. */
export const OAUTH_ERRORS: Readonly<Record<string, readonly Cause[]>> = {
  invalid_client: ['secret-invalid', 'secret-expired', 'cert-credential-invalid', 'client-type-mismatch'],
  unauthorized_client: ['app-not-found', 'app-disabled'],
  invalid_tenant: ['tenant-not-found', 'national-cloud-mismatch'],
  invalid_scope: ['scope-format-invalid'],
  invalid_resource: ['resource-not-found'],
  invalid_request: ['request-malformed', 'tenant-not-found', 'secret-missing'],
  access_denied: ['conditional-access-blocked'],
  interaction_required: ['not-client-credentials', 'conditional-access-blocked'],
  unsupported_grant_type: ['request-malformed'],
};

/**
 * The possible causes if msal for Node cannot read the tenant's discovery document. The message of msal gives no
 * reason.
 */
export const ENDPOINTS_UNREAD: readonly Cause[] = [
  'dns-failure',
  'tcp-blocked',
  'proxy-failure',
  'tls-interception',
  'tenant-not-found',
  'tenant-identifier-malformed',
];

/** Words of texts about sign-ins of users, in lower case. */
export const USER_FLOW: readonly string[] = [
  'devicecodecredential',
  'device code',
  'devicelogin',
  'usernamepasswordcredential',
  'acquire_token_by_username_password',
  'acquiretokenbyusernamepassword',
  'onbehalfof',
  'on-behalf-of',
  'grant_type=password',
  'grant_type=refresh_token',
  'grant_type":"refresh_token',
  'grant_type": "refresh_token',
  "grant_type': 'refresh_token",
  '"refresh_token":',
  'refresh token has expired',
  'with refresh token',
  'grant_type=authorization_code',
  'code_verifier',
  'for this user',
  'authorization code',
  'psf:error',
  'wst:failedauthentication',
];

/** Words that show that another vendor's token host answered, in lower case. Such an answer looks like Entra's. */
export const OTHER_ISSUERS: readonly string[] = [
  '/realms/',
  'keycloak',
  'accounts.google',
  'googleapis.com',
  'okta.com',
  'auth0.com',
  'amazoncognito',
  'login.yahoo',
  'api.github.com',
  'errorsummary',
];
