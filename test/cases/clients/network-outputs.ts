/** What mail programs and token libraries print of networks, proxies and certificates. */
import { PRINTED_CODES, type ClientCase } from './client-case.ts';

const SEE_CURL =
  '\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the web page mentioned above.';
const LOCAL_PROXY = 'IMAP (127.0.0.1:51980-{127.0.0.1:2993}-outlook.office365.com:993)';
const ASKING = 'Caught exception while requesting OAuth 2.0 credentials for account qms@contoso.example:';

export const NETWORK_OUTPUTS: readonly ClientCase[] = [
  {
    name: "curl's help behind an expired certificate",
    text: `curl: (60) SSL certificate problem: certificate has expired${SEE_CURL}`,
    first: 'server-certificate-expired',
  },
  {
    name: "curl's help behind an unknown issuer",
    text: `curl: (60) SSL certificate problem: unable to get local issuer certificate${SEE_CURL}`,
    first: 'tls-interception',
    among: ['trust-store-incomplete'],
  },
  {
    name: "curl's help, and its dialogue above",
    text: `* Connected to outlook.office365.com (52.97.144.85) port 993 (#0)\n* TLSv1.3 (OUT), TLS alert, unknown CA (560):\n* SSL certificate problem: unable to get local issuer certificate\ncurl: (60) SSL certificate problem: unable to get local issuer certificate${SEE_CURL}`,
    first: 'tls-interception',
    among: ['trust-store-incomplete'],
  },
  {
    name: "an older curl's help",
    text: 'curl: (60) SSL certificate problem: certificate has expired\nMore details here: https://curl.haxx.se/docs/sslcerts.html',
    first: 'server-certificate-expired',
  },
  {
    name: 'a program that points to its issues',
    text: '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:2393)\nIf you encounter this error repeatedly, please check that you have correctly configured python root certificates; see: https://github.com/simonrob/email-oauth2-proxy/issues/14',
    first: 'tls-interception',
    among: ['trust-store-incomplete'],
  },
  {
    name: 'a program that points to its support',
    text: 'Error: Connection refused\nFor help see https://support.example.com/kb/12',
    first: 'tcp-blocked',
  },
  {
    name: 'a tunnel that is refused, and printed options',
    text: `RequestError: Failed to establish tunnel to login.microsoftonline.com:443 via http://10.20.0.8:3129: HTTP/1.1 403 Forbidden${PRINTED_CODES}`,
    first: 'proxy-failure',
    never: ['dns-failure'],
  },
  {
    name: 'an expired certificate, and printed options',
    text: `RequestError: certificate has expired${PRINTED_CODES}`,
    first: 'server-certificate-expired',
    never: ['dns-failure'],
  },
  {
    name: 'a mistyped host, and printed options',
    text: `RequestError: getaddrinfo ENOTFOUND login.microsoftonlin.com${PRINTED_CODES}`,
    first: 'dns-failure',
  },
  {
    name: 'a refused request, and printed options',
    text: `HTTPError: Request failed with status code 401 (Unauthorized): POST https://login.microsoftonline.com/66666666-7777-8888-9999-000000000000/oauth2/v2.0/token${PRINTED_CODES}`,
    never: ['dns-failure', 'tcp-blocked'],
    atMost: 'possible',
    among: [],
  },
  { name: 'printed options alone', text: PRINTED_CODES },
  { name: 'codes in one line', text: "retryCodes: [ 'EAI_AGAIN', 'ENOTFOUND' ]" },
  {
    name: 'a code that is the error',
    text: "Error: getaddrinfo EAI_AGAIN outlook.office365.com {\n  errno: -3001,\n  code: 'EAI_AGAIN',\n  syscall: 'getaddrinfo'\n}",
    first: 'dns-failure',
  },
  {
    name: 'errors in an array',
    text: 'AggregateError {\n  errors: [ Error: connect ECONNREFUSED 52.97.144.85:993, Error: connect ECONNREFUSED 52.97.144.86:993 ]\n}',
    first: 'tcp-blocked',
  },
  ...(
    [
      [
        'Node',
        "Failed to establish tunnel to login.microsoftonline.com:443 via http://10.20.0.8:3129: HTTP/1.1 403 Forbidden\n  code: 'ERR_PROXY_TUNNEL'",
      ],
      [
        'LWP',
        "500 Can't connect to login.microsoftonline.com:443 (establishing SSL tunnel failed: 403 Forbidden)",
      ],
      ['Python', 'OSError: Tunnel connection failed: 403 Forbidden'],
    ] as const
  ).map(([name, text]) => ({
    name: `a tunnel that is refused, ${name}`,
    text,
    first: 'proxy-failure' as const,
  })),
  {
    name: 'email-oauth2-proxy, the token host refuses',
    text: `2026-11-28 12:23:58: ${ASKING} URLError(ConnectionRefusedError(111, 'Connection refused'))\n2026-11-28 12:23:58: ${LOCAL_PROXY} --> [ Client disconnected ]`,
    first: 'tcp-blocked',
  },
  {
    name: 'email-oauth2-proxy, a tunnel to the token host is refused',
    text: `2026-11-28 12:23:58: ${ASKING} URLError(OSError('Tunnel connection failed: 403 Forbidden'))\n2026-11-28 12:23:58: ${LOCAL_PROXY} --> [ Client disconnected ]`,
    first: 'proxy-failure',
  },
  {
    name: 'email-oauth2-proxy, an expired certificate',
    text: `Caught connection error in ${LOCAL_PROXY} : <class 'ssl.SSLCertVerificationError'> with message: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:2393)\nimaplib.IMAP4.abort: abort('socket error: EOF')`,
    first: 'server-certificate-expired',
  },
  {
    name: 'TLS to the port in plain text of a local proxy',
    text: 'Accepting new connection from 127.0.0.1:49352 to IMAP server at 127.0.0.1:1993 (unsecured) proxying outlook.office365.com:993 (SSL/TLS)\nIMAP (127.0.0.1:1993) Caught connection error (client) [ Are you attempting an encrypted connection to a non-encrypted server? ] - ConnectionResetError : [Errno 104] Connection reset by peer',
    first: 'tls-mode-mismatch',
  },
  {
    name: 'a reset in the handshake, curl',
    text: 'curl: (35) Recv failure: Connection reset by peer',
    first: 'tcp-blocked',
    among: ['tls-handshake-failure'],
  },
  {
    name: 'a reset in the handshake, curl with its dialogue',
    text: '* Connected to outlook.office365.com (52.97.144.85) port 995 (#0)\n* TLSv1.3 (OUT), TLS handshake, Client hello (1):\n* OpenSSL SSL_connect: Connection reset by peer in connection to outlook.office365.com:995\ncurl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to outlook.office365.com:995',
    first: 'tcp-blocked',
    among: ['tls-handshake-failure'],
  },
  {
    name: 'a reset in the handshake, s_client',
    text: 'CONNECTED(00000003)\nwrite:errno=104\n---\nno peer certificate available\n---\nNo client certificate CA names sent\nSSL handshake has read 0 bytes and written 325 bytes',
    first: 'tcp-blocked',
    among: ['tls-handshake-failure'],
  },
  {
    name: 'a certificate for another name, offlineimap3',
    text: "('CA Cert verifying failed:  no matching domain name found in certificate',)",
    first: 'tls-interception',
  },
  {
    name: 'a blank behind the host name',
    text: 'Unable to connect to ssl://outlook.office365.com :993 (php_network_getaddresses: getaddrinfo for outlook.office365.com  failed: Name or service not known)',
    first: 'dns-failure',
  },
  {
    name: 'a proxy that wants a name, in front of Connect-AzAccount',
    text: 'Connect-AzAccount : The remote server returned an error: (407) Proxy Authentication Required.\nException : System.Net.WebException\nInvocationInfo : {Connect-AzAccount}',
    first: 'proxy-failure',
  },
];
