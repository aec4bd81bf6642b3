/** What the token endpoint, and the programs that ask it, print. The words are verbatim; ids are made up. */
import type { TextCase } from './text-case.ts';

const APP = '66666666-7777-8888-9999-000000000000';
const TENANT = '11111111-2222-3333-4444-555555555555';
const TRACE =
  'Trace ID: 0f3b6d5e-1111-4222-8333-444455556666 Correlation ID: 1a2b3c4d-1111-4222-8333-444455556666 Timestamp: 2025-12-01 16:58:37Z';

/** One line of Entra's JSON, as the endpoint sends it. */
function answer(error: string, description: string, codes: readonly number[]): string {
  return JSON.stringify({
    error,
    error_description: `${description} ${TRACE}`,
    error_codes: codes,
    timestamp: '2025-12-01 16:58:37Z',
    trace_id: '0f3b6d5e-1111-4222-8333-444455556666',
    correlation_id: '1a2b3c4d-1111-4222-8333-444455556666',
  });
}

export const ENTRA_TEXTS: readonly TextCase[] = [
  {
    name: 'a renewal that a policy forbids, as PowerShell shows it',
    text: `Add-MgApplicationPassword: Credential type not allowed as per assigned policy '77777777-0000-4000-8000-000000000007'.\r\n\r\nStatus: 400 (BadRequest)\r\nErrorCode: CredentialTypeNotAllowedAsPerAppPolicy\r\nDate: 2026-03-02T08:11:12`,
    first: 'secret-renewal-blocked',
    detail: 'forbidden',
    confidence: 'certain',
  },
  {
    name: 'a renewal that a policy shortens, as Graph answers',
    text: '{"error":{"code":"CredentialInvalidLifetimeAsPerAppPolicy","message":"Credential lifetime exceeds the max value allowed as per assigned policy \'77777777-0000-4000-8000-000000000007\'."}}',
    first: 'secret-renewal-blocked',
    detail: 'too-long',
    confidence: 'certain',
  },
  {
    name: 'a renewal that a policy shortens, in its bare words',
    text: 'Credential lifetime exceeds the max value allowed as per assigned policy',
    first: 'secret-renewal-blocked',
    detail: 'too-long',
  },
  {
    name: 'a renewal that a policy forbids, from its code alone',
    text: 'CredentialTypeNotAllowedAsPerAppPolicy',
    first: 'secret-renewal-blocked',
    detail: 'forbidden',
  },
  {
    name: 'an expired secret, as the endpoint answers',
    text: answer(
      'invalid_client',
      `AADSTS7000222: The provided client secret keys for app '${APP}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
      [7000222],
    ),
    first: 'secret-expired',
    confidence: 'certain',
  },
  {
    name: 'an expired secret, from its number alone',
    text: '7000222',
    first: 'secret-expired',
    confidence: 'certain',
  },
  {
    name: 'an expired secret, from its bare code',
    text: ' AADSTS7000222\n',
    first: 'secret-expired',
    confidence: 'certain',
  },
  {
    name: 'an expired secret, in the older words without a code',
    text: 'The provided client secret keys are expired.',
    first: 'secret-expired',
  },
  {
    name: 'an expired secret in a Python traceback of msal',
    text: `Traceback (most recent call last):\r\n  File "mail.py", line 31, in <module>\r\n    token = result['access_token']\r\nKeyError: 'access_token'\r\n{'error': 'invalid_client', 'error_description': "AADSTS7000222: The provided client secret keys for app '${APP}' are expired.\\r\\nTrace ID: 5\\r\\nCorrelation ID: 6"}`,
    first: 'secret-expired',
    confidence: 'certain',
  },
  {
    name: 'an expired secret in JSON within JSON within a log line',
    text: `2025-12-01T16:58:37Z ERROR {"msg":"token failed","body":"{\\"error\\":\\"invalid_client\\",\\"error_description\\":\\"AADSTS7000222: The provided client secret keys for app \\\\u0027${APP}\\\\u0027 are expired.\\\\r\\\\nTrace ID: 7\\"}"}`,
    first: 'secret-expired',
    confidence: 'certain',
  },
  {
    name: 'an expired secret in HTML',
    text: `<p>invalid_client: AADSTS7000222: The provided client secret keys for app &#39;${APP}&#39; are expired.</p>`,
    first: 'secret-expired',
  },
  {
    name: 'an invalid secret, as the endpoint answers',
    text: answer(
      'invalid_client',
      `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${APP}'.`,
      [7000215],
    ),
    first: 'secret-invalid',
    confidence: 'certain',
  },
  {
    name: 'an invalid secret, in the words of msal-node',
    text: 'ServerError: invalid_client: Error(s): 7000215 - Timestamp: 2025-12-01 16:58:37Z - Description: AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value',
    first: 'secret-invalid',
  },
  {
    name: 'an invalid secret, in older words of msal',
    text: '7000215 - [2023-03-05 22:32:01Z]: AADSTS7000215: Invalid client secret is provided.',
    first: 'secret-invalid',
  },
  {
    name: 'a request without a credential',
    text: answer(
      'invalid_request',
      "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
      [7000216],
    ),
    first: 'secret-missing',
    confidence: 'certain',
  },
  {
    name: 'a body that holds no credential',
    text: answer(
      'invalid_client',
      "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      [7000218],
    ),
    first: 'secret-missing',
    among: ['client-type-mismatch'],
  },
  {
    name: 'a public client',
    text: answer(
      'invalid_client',
      "AADSTS700025: Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
      [700025],
    ),
    first: 'client-type-mismatch',
    confidence: 'certain',
  },
  {
    name: 'an application that is not in the tenant',
    text: answer(
      'unauthorized_client',
      `AADSTS700016: Application with identifier '${APP}' was not found in the directory '${TENANT}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
      [700016],
    ),
    first: 'app-not-found',
    confidence: 'likely',
    among: ['sp-missing-in-tenant'],
  },
  {
    name: 'a client id that is an address',
    text: `AADSTS700016: Application with identifier 'mail@contoso.example' was not found in the directory 'Contoso'.`,
    first: 'app-not-found',
    detail: 'client-id-is-no-guid',
    confidence: 'certain',
  },
  {
    name: 'the old code of an unknown application',
    text: `AADSTS70001: Application with identifier '${APP}' was not found in the directory ${TENANT}`,
    first: 'app-not-found',
  },
  {
    name: 'a tenant that does not exist',
    text: answer(
      'invalid_tenant',
      `AADSTS90002: Tenant '${TENANT}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
      [90002],
    ),
    first: 'tenant-not-found',
    confidence: 'likely',
    among: ['national-cloud-mismatch'],
  },
  {
    name: 'a word of the path in the place of the tenant',
    text: "AADSTS90002: Tenant 'token' not found. Check to make sure you have the correct tenant ID",
    first: 'tenant-not-found',
    detail: 'not-a-tenant',
    confidence: 'certain',
  },
  {
    name: 'a tenant that is no name',
    text: answer(
      'invalid_request',
      "AADSTS900023: Specified tenant identifier 'oauth2/authorize' is neither a valid DNS name, nor a valid external domain.",
      [900023],
    ),
    first: 'tenant-identifier-malformed',
    confidence: 'certain',
  },
  {
    name: '/common',
    text: 'AADSTS9001023: The grant type is not supported over the /common or /consumers endpoints.',
    first: 'tenant-endpoint-common',
  },
  {
    name: 'no tenant at all',
    text: 'AADSTS50059: No tenant-identifying information found in either the request or implied by any provided credentials.',
    first: 'tenant-endpoint-common',
  },
  {
    name: "msal's refusal of /common",
    text: 'ClientAuthError: missing_tenant_id_error: A tenant id - not common, organizations, or consumers - must be specified when using the client_credentials flow.',
    first: 'tenant-endpoint-common',
  },
  {
    name: 'a tenant of another cloud',
    text: 'AADSTS900382: Confidential Client is not supported in Cross Cloud request.',
    first: 'national-cloud-mismatch',
    confidence: 'certain',
  },
  {
    name: 'delegated scope names',
    text: answer(
      'invalid_scope',
      'AADSTS1002012: The provided value for scope https://outlook.office365.com/IMAP.AccessAsUser.All is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
      [1002012],
    ),
    first: 'scope-format-invalid',
    confidence: 'certain',
  },
  {
    name: 'a malformed scope',
    text: "AADSTS70011: The provided request must include a 'scope' input parameter.",
    first: 'scope-format-invalid',
  },
  {
    name: 'an unknown resource',
    text: answer(
      'invalid_resource',
      `AADSTS500011: The resource principal named https://outlook.office365.co was not found in the tenant named ${TENANT}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.`,
      [500011],
    ),
    first: 'resource-not-found',
    confidence: 'certain',
  },
  {
    name: 'a resource that the registration does not list',
    text: "AADSTS650057: Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration.",
    first: 'resource-not-in-app-permissions',
  },
  {
    name: 'a missing parameter',
    text: "AADSTS900144: The request body must contain the following parameter: 'grant_type'.",
    first: 'request-malformed',
  },
  {
    name: 'a GET',
    text: 'AADSTS900561: The endpoint only accepts POST, OPTIONS requests. Received a GET request.',
    first: 'request-malformed',
  },
  {
    name: 'a regional endpoint',
    text: 'AADSTS100007: regional',
    first: 'request-malformed',
    detail: 'regional-endpoint',
  },
  {
    name: 'a disabled application',
    text: `AADSTS7000112: Application '${APP}'(plm) is disabled.`,
    first: 'app-disabled',
    confidence: 'certain',
  },
  {
    name: 'an application without a service principal',
    text: `AADSTS7000229: The client application ${APP} is missing service principal in the tenant ${TENANT}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
    first: 'sp-missing-in-tenant',
    confidence: 'certain',
  },
  {
    name: 'an assertion outside its time',
    text: 'AADSTS700024: Client assertion is not within its valid time range. Current time: 2025-12-01T16:58:37Z, assertion valid from 2025-12-01T10:00:00Z, expiry time of assertion 2025-12-01T10:10:00Z.',
    first: 'assertion-time-invalid',
    confidence: 'likely',
    among: ['clock-skew'],
  },
  {
    name: 'the older answer with two codes, of which the second tells',
    text: 'AADSTS70002: Error validating credentials. AADSTS50012: Client assertion contains an invalid signature.',
    first: 'cert-credential-invalid',
  },
  {
    name: 'a certificate that is not registered',
    text: `AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: 'ABCDEF', Please visit the Azure Portal ... for app Id '${APP}'.]`,
    first: 'cert-credential-invalid',
    confidence: 'certain',
  },
  {
    name: 'a federated identity that does not match',
    text: "AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:mail:probe'.",
    first: 'cert-credential-invalid',
    detail: 'federated-identity',
  },
  {
    name: 'conditional access',
    text: 'AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    first: 'conditional-access-blocked',
    confidence: 'certain',
  },
  {
    name: 'a tenant restriction',
    text: 'AADSTS500022: Access to the tenant is denied by your organization',
    first: 'conditional-access-blocked',
    detail: 'tenant-restriction',
  },
  {
    name: 'a request loop',
    text: 'AADSTS50196: The server terminated an operation because it encountered a client request loop. Please contact your app vendor.',
    first: 'token-throttled',
    confidence: 'certain',
  },
  {
    name: 'HTTP 429 in plain text',
    text: 'POST https://login.microsoftonline.com/x/oauth2/v2.0/token -> 429 Too Many Requests\nRetry-After: 60',
    first: 'token-throttled',
  },
  {
    name: 'a passing fault of Entra',
    text: 'AADSTS90033: A transient error has occurred. Please try again.',
    first: 'token-service-transient',
    confidence: 'likely',
  },
  {
    name: "a user's password",
    text: 'AADSTS50126: Error validating credentials due to invalid username or password.',
    first: 'not-client-credentials',
    confidence: 'certain',
  },
  {
    name: 'MFA',
    text: 'AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication',
    first: 'not-client-credentials',
  },
  {
    name: 'an expired refresh token',
    text: 'invalid_grant: AADSTS700082: The refresh token has expired due to inactivity.',
    first: 'not-client-credentials',
    detail: 'refresh-token-ended',
  },
  {
    name: 'a consent that is missing',
    text: `AADSTS65001: The user or administrator has not consented to use the application with ID '${APP}'`,
    first: 'admin-consent-missing',
    confidence: 'likely',
  },
  {
    name: 'an assignment that is required',
    text: "AADSTS501051: Application 'x'(plm) is not assigned to a role for the application 'y'(Exchange).",
    first: 'app-permission-missing',
    detail: 'assignment-required',
  },
  {
    name: 'an error name of OAuth alone',
    text: '{"error":"invalid_client"}',
    first: 'secret-invalid',
    confidence: 'possible',
    among: ['secret-expired'],
  },
  { name: 'a code that nobody knows', text: 'AADSTS987654321: Something new.', first: 'token-unexplained' },
  { name: 'a missing token alone in Python', text: "KeyError: 'access_token'", first: 'token-unexplained' },
  {
    name: 'a text that was cut off within the code',
    text: 'invalid_client: AADSTS7\nInvalid client secret provided. Ensure the sec',
    first: 'secret-invalid',
  },
  {
    name: 'a quoted mail with wrapped lines',
    text: '> > {"error_description":"AADSTS7000215:\r\n> > Invalid client secret\r\n> > provided. Ensure the secret"}',
    first: 'secret-invalid',
  },
];
