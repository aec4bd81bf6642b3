/** What token libraries and Microsoft Graph say: refused permissions, credentials that cannot be read, bare statuses. */
import type { ClientCase } from './client-case.ts';

const TOKEN_URL = 'https://login.microsoftonline.com/66666666-7777-8888-9999-000000000000/oauth2/v2.0/token';
const DENIED =
  '{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."';

export const TOKEN_OUTPUTS: readonly ClientCase[] = [
  {
    name: 'Graph refuses, cut off',
    text: `https://graph.microsoft.com/v1.0/applications/66666666-7777-8888-9999-000000000000\n${DENIED}`,
    first: 'graph-permission-missing',
  },
  {
    name: 'Graph refuses',
    text: `${DENIED},"innerError":{"request-id":"00000000-1111-2222-3333-444444440100"}}}`,
    first: 'graph-permission-missing',
  },
  {
    name: 'Graph refuses below the roles of the token',
    text: `"roles": ["Application.ReadWrite.OwnedBy","Directory.Read.All"]\n${DENIED}}}`,
    first: 'graph-permission-missing',
    atMost: 'possible',
  },
  {
    name: "Graph refuses, Python's library",
    text: "ODataError: APIError Code: 403 message: None error: MainError(additional_data={}, code='Authorization_RequestDenied', message='Insufficient privileges to complete the operation.')",
    first: 'graph-permission-missing',
  },
  {
    name: 'Graph refuses, PowerShell',
    text: 'Get-MgApplication : Insufficient privileges to complete the operation.\nStatus: 403 (Forbidden)\nErrorCode: Authorization_RequestDenied',
    first: 'graph-permission-missing',
  },
  {
    name: 'Graph gets a token of another audience',
    text: '{"error":{"code":"InvalidAuthenticationToken","message":"Access token validation failure. Invalid audience."}}',
    first: 'wrong-audience',
  },
  {
    name: 'Graph gets a token that has ended',
    text: '{"error":{"code":"InvalidAuthenticationToken","message":"Access token has expired or is not yet valid."}}',
    first: 'access-token-expired',
    among: ['clock-skew'],
    never: ['server-certificate-expired'],
    atMost: 'likely',
  },
  {
    name: 'a token that has ended, in a sentence',
    text: 'The access token has expired or is not yet valid.',
    first: 'access-token-expired',
    never: ['server-certificate-expired'],
    atMost: 'likely',
  },
  {
    name: 'a secret that has ended, in a sentence',
    text: 'The client secret has expired or is not yet valid.',
    first: 'secret-expired',
    never: ['server-certificate-expired'],
    atMost: 'likely',
  },
  {
    name: 'a tenant that older endpoints do not know',
    text: "No service namespace named '11111111-2222-3333-4444-555555555555' was found in the data store.",
    first: 'tenant-not-found',
    among: ['national-cloud-mismatch'],
  },
  {
    name: 'an app that is off, without the code',
    text: "Application '66666666-7777-8888-9999-000000000000'(Mailer) is disabled.",
    first: 'app-disabled',
    atMost: 'likely',
  },
  {
    name: 'a consent that is missing, without the code',
    text: "The user or administrator has not consented to use the application with ID '66666666-7777-8888-9999-000000000000' named 'Mailer'.",
    first: ['admin-consent-missing', 'not-client-credentials'],
    atMost: 'likely',
  },
  {
    name: 'a permission id that the resource does not have',
    text: "AADSTS65006: Resource '797f4846-ba00-4fd7-ba43-dac1f8f63013' had no entitlements matching required permissions configured on the required resource access for client '66666666-7777-8888-9999-000000000000'. This is a problem with one or more invalid permission ids on the client RRA configuration or the resource entitlement configuration.",
    first: 'resource-not-in-app-permissions',
    among: ['national-cloud-mismatch'],
    atMost: 'likely',
  },
  {
    name: 'the token of a federated identity is not there',
    text: "FileNotFoundError: [Errno 2] No such file or directory: '/var/run/secrets/azure/tokens/azure-identity-token'",
    first: 'credential-unreadable',
    never: ['dns-failure'],
    atMost: 'likely',
  },
  {
    name: 'a key file that is not there, .NET',
    text: "Unhandled exception. Microsoft.Identity.Client.MsalClientException\n ---> System.IO.FileNotFoundException: Could not find file '/run/secrets/plm.pfx'.",
    first: 'credential-unreadable',
    never: ['dns-failure'],
    atMost: 'likely',
  },
  ...(
    [
      [
        'PyJWT',
        'File "/app/msal/oauth2cli/assertion.py", line 114, in create_normal_assertion\nValueError: (\'Could not deserialize key data. The data may be in an incorrect format, it may be encrypted with an unsupported algorithm.\')',
      ],
      [
        'azure-identity for Java',
        '[ERROR] com.azure.identity.implementation.util.CertificateUtil.performLogging - PEM certificate provided does not contain -----BEGIN CERTIFICATE-----END CERTIFICATE----- block',
      ],
      [
        'azure-identity for Node',
        'CredentialUnavailableError: The file at the specified path does not contain a PEM-encoded certificate.\n    at @azure/identity ClientCertificateCredential',
      ],
      [
        'MSAL for .NET',
        'System.Security.Cryptography.CryptographicException: The specified network password is not correct.\n   at Microsoft.Identity.Client.ConfidentialClientApplicationBuilder.WithCertificate',
      ],
      [
        'MSAL for Java',
        'java.io.IOException: keystore password was incorrect\n\tat sun.security.pkcs12.PKCS12KeyStore.engineLoad\n\tat com.microsoft.aad.msal4j.ClientCertificate.create(ClientCertificate.java:100)',
      ],
      ['Go', 'azidentity: pkcs12: decryption password incorrect'],
      [
        'PHP',
        'openssl_sign(): Supplied key param cannot be coerced into a private key in League/OAuth2 TheNetworg\\OAuth2\\Client\\Provider\\Azure',
      ],
      [
        'Node',
        'Error: error:1E08010C:DECODER routines::unsupported\n    at Sign.sign (node:internal/crypto/sig:128:29)\n    at ClientAssertion.createJwt (node_modules/@azure/msal-node/dist/client/ClientAssertion.cjs:140:27)',
      ],
    ] as const
  ).map(([name, text]) => ({
    name: `a credential that cannot be read, ${name}`,
    text,
    first: 'credential-unreadable' as const,
    atMost: 'likely' as const,
  })),
  {
    name: 'a key of the wrong kind for its algorithm',
    text: 'Microsoft.Identity.Client.MsalServiceException: AADSTS5002730: Invalid JWT token. Unsupported key for the signing algorithm.',
    first: 'cert-credential-invalid',
  },
  {
    name: 'an HTTP client that got no answer, Zammad',
    text: "Can't use Channel::Driver::Imap: #<RuntimeError: Failed to refresh XOAUTH2 access_token of provider 'microsoft365': Request failed! (code: 0)>",
    first: 'tcp-blocked',
    among: ['dns-failure', 'proxy-failure'],
    atMost: 'possible',
  },
  {
    name: 'a certificate where a key is expected, ADAL for Python',
    text: "adal.adal_error.AdalError: Error:Invalid Certificate: Expected Start of Certificate to be '-----BEGIN RSA PRIVATE KEY-----'",
    first: 'credential-unreadable',
  },
  {
    name: 'a status without a body, Go',
    text: `oauth2: cannot fetch token: 429 Too Many Requests\nResponse: Too Many Requests`,
    first: 'token-throttled',
  },
  {
    name: 'a status without a body, PHP',
    text: `file_get_contents(${TOKEN_URL}): Failed to open stream: HTTP request failed! HTTP/1.1 503 Service Unavailable`,
    first: 'token-service-transient',
  },
  {
    name: 'a status without a body, wget',
    text: `--2026-11-28 12:23:32--  ${TOKEN_URL}\nHTTP request sent, awaiting response... 503 Service Unavailable\n2026-11-28 12:23:32 ERROR 503: Service Unavailable.`,
    first: 'token-service-transient',
  },
  {
    name: 'a refusal without a body',
    text: `HTTPError: 401 Client Error: Unauthorized for url: ${TOKEN_URL}`,
    atMost: 'possible',
    among: [],
  },
];
