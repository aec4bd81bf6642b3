/** What has nothing to do with mail or tokens, in words that resemble those of the tables. */
import type { ClientCase } from './client-case.ts';

export const FOREIGN_OUTPUTS: readonly ClientCase[] = (
  [
    ['a missing module', "ModuleNotFoundError: No module named 'msal'"],
    ['a missing file', "FileNotFoundError: [Errno 2] No such file or directory: '/etc/foo'"],
    [
      'a missing secret of a vault',
      "An error occurred (ResourceNotFoundException) when calling the GetSecretValue operation: Secrets Manager can't find the specified secret.",
    ],
    ['a missing name space', 'NamespaceNotFound: namespaces "mail" not found'],
    ['a missing image', 'Error response: ImageNotFound: no such image: mailer:latest'],
    ['an assertion of SAML', 'SAML assertion has expired or is not yet valid'],
    ['a license', 'Your license has expired or is not yet valid.'],
    ['a cookie', 'Cookie has expired or is not yet valid'],
    ['a certificate of a client', 'ClientCertExpired'],
    ['a name service of others', 'getaddrinfo EAI_AGAIN contoso.servicebus.windows.net'],
    ['a registry of others', 'getaddrinfo EAI_AGAIN registry.bower.io'],
    ['a key that is missing', "KeyError: 'refresh_token'"],
    ['a help link alone', 'For details see https://docs.example.com/errors/ECONNREFUSED'],
  ] as const
).map(([name, text]) => ({ name, text }));
