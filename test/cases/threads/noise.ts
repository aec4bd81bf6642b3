/** Texts that have nothing to do with Microsoft's mailboxes, or tell nothing of them. */
export interface NoiseCase {
  readonly name: string;
  readonly text: string;
  /** What may be said of it, never with certainty; nothing where absent. */
  readonly may?: readonly string[];
}

const NETWORK = ['tcp-blocked', 'dns-failure', 'tls-interception', 'exchange-transient', 'wrong-port'];

export const NOISE: readonly NoiseCase[] = [
  {
    name: 'an access log of nginx',
    text: '203.0.113.9 - - [23/Nov/2026:10:00:00 +0000] "GET /index.php?client_id=5 HTTP/1.1" 401 179 "-" "curl/8.5"\n203.0.113.9 - - [23/Nov/2026:10:00:01 +0000] "POST /oauth2/token HTTP/1.1" 400 50012 "-" "-"',
  },
  {
    name: 'an error log of nginx',
    text: '2026/11/23 10:00:00 [error] 31#31: *7000215 upstream prematurely closed connection while reading response header from upstream, client: 203.0.113.9, server: _, request: "GET / HTTP/1.1"',
  },
  {
    name: 'postgres that refuses a password',
    text: 'FATAL:  password authentication failed for user "app"\nDETAIL:  Connection matched pg_hba.conf line 99: "host all all 0.0.0.0/0 scram-sha-256"',
  },
  {
    name: 'sshd that refuses a login',
    text: 'sshd[812]: error: PAM: Authentication failure for root from 203.0.113.9\nsshd[812]: Failed password for root from 203.0.113.9 port 50012 ssh2',
  },
  {
    name: 'git that is refused',
    text: "remote: Invalid username or token. Password authentication is not supported for Git operations.\nfatal: Authentication failed for 'https://github.com/acme/app.git/'",
  },
  {
    name: 'MongoDB that refuses a login',
    text: 'MongoServerError: Authentication failed.\n    at Connection.onMessage (node_modules/mongodb/lib/cmap/connection.js:227:30) { code: 18, codeName: "AuthenticationFailed" }',
  },
  {
    name: 'a database that is not there',
    text: "Error: connect ECONNREFUSED 127.0.0.1:5432\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16) {\n  code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port: 5432 }",
  },
  {
    name: 'SQL Server that refuses a login',
    text: "Login failed for user 'sa'. Reason: Password did not match that for the login provided. [CLIENT: 10.0.0.5] Error: 18456, Severity: 14",
  },
  { name: 'MySQL that is full', text: 'ERROR 1040 (HY000): Too many connections' },
  { name: 'a linter', text: 'app/mail.py:120:80: E501 line too long (92 > 79 characters)' },
  {
    name: 'an API of another service that throttles',
    text: 'HTTP/2 429 Too Many Requests\nserver: github.com\nretry-after: 60\n{"message":"You have exceeded a secondary rate limit"}',
  },
  {
    name: 'a search engine without passwords',
    text: 'security_exception: basic authentication is disabled for this realm, use an API key',
  },
  {
    name: "another issuer's description, which Entra would begin with its own code",
    text: 'OAuth2::Error: invalid_client: The client secret was incorrect.\n{"error":"invalid_client","error_description":"The client secret was incorrect."}',
  },
  {
    name: "another provider's token endpoint",
    text: 'POST https://dev-1.okta.example/oauth2/default/v1/token 401\n{"errorCode":"invalid_client","errorSummary":"Invalid value for client_id parameter."}',
    may: [
      'secret-invalid',
      'secret-expired',
      'cert-credential-invalid',
      'client-type-mismatch',
      'token-unexplained',
    ],
  },
  {
    name: 'a probe of Kubernetes that fails',
    text: 'Warning  Unhealthy  3m  kubelet  Readiness probe failed: Get "http://10.1.2.3:8080/healthz": dial tcp 10.1.2.3:8080: connect: connection refused',
    may: NETWORK,
  },
  {
    name: 'a registry that refuses an image',
    text: 'Failed to pull image "registry.example/app:1": rpc error: code = Unknown desc = failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized',
  },
  {
    name: "Google's refresh token",
    text: '{\n  "error": "invalid_grant",\n  "error_description": "Token has been expired or revoked."\n}\ngoogle.auth.exceptions.RefreshError: (\'invalid_grant: Token has been expired or revoked.\')',
    may: ['token-unexplained', 'not-client-credentials'],
  },
  {
    name: "Google's unknown client",
    text: 'Error 401: invalid_client\nThe OAuth client was not found.\nRequest details: flowName=GeneralOAuthFlow https://accounts.google.com/o/oauth2/auth',
    may: [
      'secret-invalid',
      'secret-expired',
      'cert-credential-invalid',
      'client-type-mismatch',
      'app-not-found',
      'token-unexplained',
    ],
  },
  {
    name: "Yahoo's server",
    text: '* OK [CAPABILITY IMAP4rev1 ID] IMAP4rev1 imapgate-1.9.0 imap.mail.yahoo.com\nA1 LOGIN qms@yahoo.example ****\nA1 NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials',
    may: [
      'not-exchange-online',
      'wrong-auth-mechanism',
      'basic-auth-retired',
      'auth-unexplained',
      'wrong-audience',
    ],
  },
  {
    name: "Apple's server",
    text: '* OK [CAPABILITY XAPPLEPUSHSERVICE IMAP4 IMAP4rev1 SASL-IR AUTH=ATOKEN AUTH=PLAIN] iCloud IMAP4 proxy (p00-imapgate)\na NO [AUTHENTICATIONFAILED] Authentication Failed imap.mail.me.com',
    may: ['not-exchange-online', 'auth-unexplained'],
  },
  {
    name: 'Dovecot',
    text: '* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN] Dovecot ready.\na1 NO [AUTHENTICATIONFAILED] Authentication failed.',
    may: ['not-exchange-online', 'auth-unexplained'],
  },
  {
    name: 'a stack trace of something else',
    text: 'TypeError: Cannot read properties of undefined (reading "roles")\n    at Object.<anonymous> (/app/index.js:50012:7)',
  },
  { name: 'an invoice', text: 'Invoice 7000215\nCustomer 90002\nTotal 700016.00 EUR\nDue 2026-12-01' },
  {
    name: 'prose on certificates',
    text: 'Our security team has expired passwords rotated quarterly; the certificate of appreciation was not found in the directory of awards.',
    may: ['app-not-found'],
  },
  { name: 'base64 of a picture', text: `data:image/png;base64,${'iVBORw0KGgoAAAANSUhEUgAA'.repeat(40)}` },
  { name: 'a hash list', text: 'd41d8cd98f00b204e9800998ecf8427e  file\n'.repeat(30) },
];
