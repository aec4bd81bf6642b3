/**
 * One line each, verbatim as a library or system prints it (hosts replaced), and the entry of `SYSTEM_MESSAGES` that it
 * belongs to; and lines that belong to none.
 */
import type { FailureKind } from '../../src/model/failure.ts';

export interface SystemCase {
  readonly name: string;
  readonly text: string;
  readonly kind: FailureKind;
  readonly code: string;
}

function messages(kind: FailureKind, code: string, texts: Readonly<Record<string, string>>): SystemCase[] {
  return Object.entries(texts).map(([name, text]) => ({ name, text, kind, code }));
}

const LIBRARIES: readonly SystemCase[] = [
  ...messages('dns', 'ENOTFOUND', {
    Node: 'Error: getaddrinfo ENOTFOUND outlook.office365.com',
    glibc: 'socket.gaierror: [Errno -2] Name or service not known',
    'glibc, without an address':
      'Failed to establish a new connection: [Errno -5] No address associated with hostname',
    macOS: 'nodename nor servname provided, or not known',
    'musl in .NET': 'System.Net.Sockets.SocketException (0xFFFDFFFF): Name does not resolve',
    busybox: "wget: bad address 'outlook.office365.com'",
    '.NET': 'System.Net.Sockets.SocketException (11001): No such host is known.',
    'the .NET Framework':
      "System.Net.WebException: The remote name could not be resolved: 'login.microsoftonline.com'",
    'Python on Windows': 'Failed to establish a new connection: [Errno 11001] getaddrinfo failed',
    'Windows, without an address': 'socket.gaierror: [Errno 11004] getaddrinfo failed',
    'c-ares': 'ssl:default [Domain name not found]',
    'c-ares, without data': 'ssl:default [DNS server returned answer with no data]',
    Go: 'dial tcp: lookup login.microsoftonline.com on 10.0.0.2:53: no such host',
    Java: 'java.net.UnknownHostException: outlook.office365.com',
    Android: 'Unable to resolve host "login.microsoftonline.com": No address associated with hostname',
    curl: 'curl: (6) Could not resolve host: login.microsoftonline.com',
    PHP: 'php_network_getaddresses: getaddrinfo for outlook.office365.com failed: Name or service not known',
    'the c-client': 'No such host as outlook.office365.com',
    Ruby: 'Failed to open TCP connection to login.microsoftonline.com:443 (getaddrinfo: nodename nor servname provided, or not known)',
    dig: ';; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4711',
    nslookup: "*** dc1.contoso.com can't find outlook.office365.com: Non-existent domain",
    PowerShell: 'Resolve-DnsName : outlook.office365.com : DNS name does not exist',
    ping: 'Ping request could not find host outlook.office365.com. Please check the name and try again.',
    Apple:
      'Error Domain=NSURLErrorDomain Code=-1003 "A server with the specified hostname could not be found."',
    Electron: 'net::ERR_NAME_NOT_RESOLVED',
    WinHTTP: 'The server name or address could not be resolved',
  }),
  ...messages('dns', 'EAI_AGAIN', {
    Node: 'Error: getaddrinfo EAI_AGAIN login.microsoftonline.com',
    'Node, without hope': 'getaddrinfo EAI_FAIL outlook.office365.com',
    "c-ares' time-out, in Node": 'Error: queryA ETIMEOUT login.microsoftonline.com',
    "c-ares' refusal, in Node": 'queryA ECONNREFUSED login.microsoftonline.com',
    urllib3:
      "Failed to resolve 'login.microsoftonline.com' ([Errno -3] Temporary failure in name resolution)",
    aiodns: "aiodns.error.DNSError: (11, 'Could not contact DNS servers')",
    "c-ares' server that fails": 'ssl:default [DNS server returned general failure]',
    "c-ares' time-out": 'ssl:default [Timeout while contacting DNS servers]',
    'aiohttp on musl': 'Cannot connect to host outlook.office365.com:993 ssl:default [Try again]',
    'Rust on musl': 'dns error: failed to lookup address information: Try again',
    'Python on musl': 'socket.gaierror: [Errno -3] Try again',
    Windows:
      'This is usually a temporary error during hostname resolution and means that the local server did not receive a response from an authoritative server.',
    'Go without an answer': 'dial tcp: lookup outlook.office365.com: i/o timeout',
    "Go's question":
      'lookup login.microsoftonline.com on 10.0.0.2:53: read udp 10.0.0.5:4321->10.0.0.2:53: i/o timeout',
    "Go's refused question":
      'lookup login.microsoftonline.com on [::1]:53: read udp [::1]:40338->[::1]:53: read: connection refused',
    'nslookup on Linux': ';; connection timed out; no servers could be reached',
    'nslookup on Windows': 'DNS request timed out. timeout was 2 seconds.',
    'nslookup, refused': "** server can't find login.microsoftonline.com: REFUSED",
    dig: ';; communications error to 10.0.0.2#53: timed out',
    curl: 'curl: (28) Resolving timed out after 5000 milliseconds',
    '.NET on Linux':
      'System.Net.Http.HttpRequestException: Resource temporarily unavailable (login.microsoftonline.com:443)',
  }),
  ...messages('proxy', 'EPROXY', {
    requests: "OSError('Tunnel connection failed: 407 Proxy Authentication Required')",
    '.NET':
      "The proxy tunnel request to proxy 'http://web-proxy.contoso.com:8080/' failed with status code '407'.",
    '.NET without a reason': 'Response status code does not indicate success: 407 (authenticationrequired).',
    'the .NET Framework': 'The remote server returned an error: (407) Proxy Authentication Required.',
    'an HTTP header': '< HTTP/1.1 407 authenticationrequired',
    'an HTTP message of .NET': "StatusCode: 407, ReasonPhrase: 'Proxy Authentication Required'",
    Java: 'java.io.IOException: Unable to tunnel through proxy. Proxy returns "HTTP/1.1 403 Forbidden"',
    OkHttp: 'java.io.IOException: Unexpected response code for CONNECT: 403',
    undici: 'Proxy response (403) !== 200 when HTTP Tunneling',
    'tunnel-agent':
      'Error: tunneling socket could not be established, cause=getaddrinfo ENOTFOUND proxy.contoso.com',
    Go: 'proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused',
    "Go's refused CONNECT": 'Post "https://login.microsoftonline.com/t/oauth2/v2.0/token": Forbidden',
    curl: 'curl: (56) Received HTTP code 407 from proxy after CONNECT',
    "curl's SOCKS": "curl: (97) Can't complete SOCKS5 connection to outlook.office365.com. (2)",
    "curl's name of a proxy": 'curl: (5) Could not resolve proxy: proxy.contoso.com',
    PySocks: 'socks.SOCKS5Error: 0x02: Connection not allowed by ruleset',
    "PySocks' methods": 'Socket error: All offered SOCKS5 authentication methods were rejected',
    "PySocks' connection": 'Error connecting to SOCKS5 proxy 10.0.0.1:1080: [Errno 111] Connection refused',
    'a SOCKS library of Rust': 'Configure failed: "Unsupported SOCKS version `42`"',
    socks: 'Socks5 proxy rejected connection - NotAllowed',
    proxychains: '[proxychains] Dynamic chain  ...  142.111.189.254:20000  ...  74.125.133.108:993 <--denied',
    s_client: 's_client: HTTP CONNECT failed: 407 Proxy Authentication Required',
    'a SOCKS proxy in Go':
      'socks connect tcp 10.0.0.1:1080->outlook.office365.com:993: unknown error general SOCKS server failure',
  }),
  ...messages('http', 'BLOCK_PAGE', {
    Fortinet: '<title>Web Filter Violation</title>',
    'Blue Coat': 'Access Denied (policy_denied) Your system policy has denied access to the requested URL.',
    squid: 'Server: squid/3.1.20',
    "squid's own header": 'X-Squid-Error: ERR_CONNECT_FAIL 111',
    Zscaler: '<title>Internet Security by Zscaler</title>',
    Forcepoint: "Your organization's Internet use policy restricts access to this web page at this time.",
    "Node's JSON": 'SyntaxError: Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
    "Go's JSON": "invalid character '<' looking for beginning of value",
  }),
  ...messages('untrusted', 'REVOCATION_UNREACHABLE', {
    MailKit: 'The revocation function was unable to check revocation for the certificate.',
    '.NET':
      'The remote certificate is invalid because of errors in the certificate chain: RevocationStatusUnknown, OfflineRevocation',
    schannel: 'schannel: next InitializeSecurityContext failed: Unknown error (0x80092013)',
    Ruby: 'SSL_connect returned=1 errno=0 state=error: certificate verify failed (unable to get certificate CRL)',
  }),
  ...messages('untrusted', 'CERT_NOT_YET_VALID', {
    OpenSSL: 'certificate verify failed: certificate is not yet valid (_ssl.c:1007)',
    Go: 'x509: certificate has expired or is not yet valid: current time 2019-01-01T00:00:10Z is before 2025-10-01T00:00:00Z',
    Java: 'java.security.cert.CertificateNotYetValidException: NotBefore: Sun Sep 05 12:14:37 IST 2021',
  }),
  ...messages('untrusted', 'CERT_HAS_EXPIRED', {
    OpenSSL: 'certificate verify failed: certificate has expired (_ssl.c:997)',
    s_client: 'verify error:num=10:certificate has expired',
    Windows: 'A required certificate is not within its validity period',
    rustls: 'invalid peer certificate: Expired',
  }),
  ...messages('untrusted', 'ERR_TLS_CERT_ALTNAME_INVALID', {
    Node: "Error: Hostname/IP doesn't match certificate's altnames",
    rustls: 'invalid peer certificate: NotValidForName',
    Ruby: 'hostname "outlook.office365.com" does not match the server certificate (OpenSSL::SSL::SSLError)',
    isync: 'Error, certificate owner does not match hostname outlook.office365.com',
    'an old Python':
      "ssl.CertificateError: hostname 'outlook.office365.com' doesn't match 'mail.contoso.com'",
    Python:
      "certificate verify failed: Hostname mismatch, certificate is not valid for 'outlook.office365.com'. (_ssl.c:1129)",
    '.NET':
      'The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch, RemoteCertificateChainErrors',
    Java: 'java.security.cert.CertificateException: No name matching outlook.office365.com found',
    curl: "SSL: certificate subject name 'mail.contoso.com' does not match target host name 'outlook.office365.com'",
    SChannel: 'SEC_E_WRONG_PRINCIPAL (0x80090322) - The target principal name is incorrect.',
  }),
  ...messages('untrusted', 'SELF_SIGNED_CERT_IN_CHAIN', {
    s_client: 'Verify return code: 19 (self-signed certificate in certificate chain)',
    'the c-client':
      'Certificate failure for outlook.office365.com: self signed certificate in certificate chain: /O=Zscaler Inc.',
  }),
  ...messages('untrusted', 'DEPTH_ZERO_SELF_SIGNED_CERT', {
    isync:
      'SSL error connecting outlook.office365.com ([2404:6800:4003:c01::6d]:993): self signed certificate',
    curl: 'curl: (60) SSL certificate problem: self-signed certificate',
  }),
  ...messages('untrusted', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', {
    s_client: 'verify error:num=20:unable to get local issuer certificate',
    Go: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    Java: 'PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException',
    Android: 'java.security.cert.CertPathValidatorException: Trust anchor for certification path not found.',
    '.NET': 'The remote certificate was rejected by the provided RemoteCertificateValidationCallback.',
    'the .NET Framework':
      'The underlying connection was closed: Could not establish trust relationship for the SSL/TLS secure channel.',
    MailKit:
      'A certificate chain processed, but terminated in a root certificate which is not trusted by the trust provider.',
    SChannel: 'The certificate chain was issued by an authority that is not trusted.',
    GnuTLS: 'The certificate is NOT trusted. The certificate issuer is unknown.',
    rustls: 'invalid peer certificate: UnknownIssuer',
    Apple: 'CFNetwork SSLHandshake failed (-9807)',
    "Apple's URL loading":
      'Error Domain=NSURLErrorDomain Code=-1202 "The certificate for this server is invalid."',
    Electron: 'net::ERR_CERT_AUTHORITY_INVALID',
    OpenSSL: 'error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed',
    curl: 'curl: (60) Peer certificate cannot be authenticated with given CA certificates',
  }),
  ...messages('tls', 'ERR_SSL_WRONG_VERSION_NUMBER', {
    OpenSSL: 'error:1408F10B:SSL routines:ssl3_get_record:wrong version number',
    '.NET': 'System.IO.IOException: The handshake failed due to an unexpected packet format.',
    Java: 'javax.net.ssl.SSLException: Unrecognized SSL message, plaintext connection?',
    Go: 'tls: first record does not look like a TLS handshake',
    GnuTLS: 'gnutls: An unexpected TLS packet was received.',
    SChannel: 'SEC_E_INVALID_TOKEN (0x80090308) - The token supplied to the function is invalid',
    offlineimap: "ERROR: Could not connect via SSL to host 'xxx' and non-standard ssl port 143 configured.",
  }),
  ...messages('tls', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', {
    OpenSSL: '_ssl.c:507: error:1407742E:SSL routines:SSL23_GET_SERVER_HELLO:tlsv1 alert protocol version',
    Node: 'error:0A000102:SSL routines:ssl_choose_client_version:unsupported protocol',
    Java: 'javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version',
    Apple: '_kCFStreamErrorDomainKey=3, _kCFStreamErrorCodeKey=-9836',
  }),
  ...messages('tls', 'ERR_SSL_HANDSHAKE_FAILURE', {
    'OpenSSL, a short key': 'error:141A318A:SSL routines:tls_process_ske_dhe:dh key too small',
    'OpenSSL, an old server': 'error:0A000152:SSL routines::unsafe legacy renegotiation disabled',
    Apple: 'NSURLSession/NSURLConnection HTTP load failed (kCFStreamErrorDomainSSL, -9824)',
    "Apple's URL loading":
      'Error Domain=NSURLErrorDomain Code=-1200 "An SSL error has occurred and a secure connection to the server cannot be made."',
    GnuTLS: 'gnutls_handshake() failed: The TLS connection was non-properly terminated.',
    SChannel:
      'SEC_E_ALGORITHM_MISMATCH (0x80090331) - The client and server cannot communicate, because they do not possess a common algorithm.',
    '.NET': 'Authentication failed because the remote party has closed the transport stream.',
    'the .NET Framework': 'The request was aborted: Could not create SSL/TLS secure channel.',
    PHP: 'TLS/SSL failure for outlook.office365.com: SSL negotiation failed',
    Python: 'ssl.SSLEOFError: EOF occurred in violation of protocol (_ssl.c:1129)',
    Node: 'Client network socket disconnected before secure TLS connection was established',
    curl: 'curl: (35) OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to login.microsoftonline.com:443',
    'the name of an exception': 'MailKit.Security.SslHandshakeException',
  }),
  ...messages('timeout', 'ETIMEDOUT', {
    'a handshake in Python': 'socket.timeout: _ssl.c:1114: The handshake operation timed out',
    'a handshake in Go': 'net/http: TLS handshake timeout',
    'curl on Windows': '* connect to 20.190.159.138 port 443 failed: Timed out',
    Ruby: 'Net::OpenTimeout: execution expired',
    Windows:
      '[WinError 10060] A connection attempt failed because the connected party did not properly respond after a period of time',
    Go: 'dial tcp 52.97.201.50:993: i/o timeout',
    Java: 'java.net.SocketTimeoutException: connect timed out',
    'Jakarta Mail': "Couldn't connect to host, port: outlook.office365.com, 993; timeout -1",
    undici:
      'ConnectTimeoutError: Connect Timeout Error (attempted addresses: 20.190.159.0:443, timeout: 10000ms)',
    urllib3: "'Connection to login.microsoftonline.com timed out. (connect timeout=None)'",
    s_client: 'connect:errno=110',
    'the c-client': "Can't connect to outlook.office365.com,993: Connection timed out (errno = 110)",
    nc: 'nc: connect to outlook.office365.com port 993 (tcp) timed out: Operation now in progress',
    PowerShell: 'TcpTestSucceeded : False',
    '.NET': 'The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.',
    PHP: 'Could not connect to imap server outlook.office365.com:993 using SSL Error #6',
    aiohttp:
      "Cannot connect to host outlook.office365.com:993 ssl:default [Connect call failed ('52.97.201.50', 993)]",
    curl: "curl: (7) Failed to connect to outlook.office365.com port 993 after 21 ms: Couldn't connect to server",
    Apple: 'Error Domain=NSURLErrorDomain Code=-1001 "The request timed out."',
    "Apple's connection": 'Error Domain=NSURLErrorDomain Code=-1004 "Could not connect to the server."',
  }),
  ...messages('refused', 'ECONNREFUSED', {
    Node: 'Error: connect ECONNREFUSED 52.97.201.50:993',
    s_client: 'connect:errno=111',
    macOS: 'error trying to connect: tcp connect error: (os error 61)',
    Windows: '[WinError 10061] No connection could be made because the target machine actively refused it',
    curl: 'curl: (7) Failed to connect to outlook.office365.com port 993 after 5 ms: Connection refused',
  }),
  ...messages('unreachable', 'ENETUNREACH', {
    Python: 'OSError: [Errno 101] Network is unreachable',
    Java: 'java.net.NoRouteToHostException: No route to host (Host unreachable)',
    Windows: '[WinError 10065] A socket operation was attempted to an unreachable host',
    Go: 'dial tcp [2603:1026:c0b:10::2]:993: connect: cannot assign requested address',
  }),
  ...messages('unreachable', 'EACCES', {
    Windows: 'An attempt was made to access a socket in a way forbidden by its access permissions.',
  }),
  ...messages('reset', 'ECONNRESET', {
    s_client: 'write:errno=32',
    's_client on Windows': 'write:errno=10054',
    's_client on macOS': 'write:errno=54',
    '.NET': 'An existing connection was forcibly closed by the remote host.',
    requests: "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
  }),
  ...messages('closed', 'EOF', {
    Node: 'Error: socket hang up',
    curl: 'curl: (52) Empty reply from server',
  }),
];

const LANGUAGES: readonly SystemCase[] = [
  ...messages('dns', 'ENOTFOUND', {
    'Windows in German': 'Der angegebene Host ist unbekannt. (outlook.office365.com:993)',
    '.NET in French': "Le nom distant n’a pas pu être résolu: 'login.microsoftonline.com'",
    '.NET in Spanish': "No se puede resolver el nombre remoto: 'outlook.office365.com'",
    '.NET in Portuguese': "O nome remoto não pôde ser resolvido: 'login.microsoftonline.com'",
    'Windows in Portuguese': 'php_network_getaddresses: Este host não é conhecido.',
    '.NET in Dutch': "De externe naam kan niet worden omgezet: 'login.microsoftonline.com'",
    '.NET in Polish': "Nie można rozpoznać nazwy zdalnej: 'login.microsoftonline.com'",
    '.NET in Swedish': "Det gick inte att matcha fjärrnamnet: 'login.microsoftonline.com'",
    '.NET in Czech': "Vzdálený název nelze rozpoznat: 'login.microsoftonline.com'",
    'Windows in Russian': 'Этот хост неизвестен. (outlook.office365.com:993)',
    '.NET in Chinese': "irm : 未能解析此远程名称: 'login.microsoftonline.com'",
    'glibc in German': 'ping: outlook.office365.com: Der Name oder der Dienst ist nicht bekannt',
    'glibc in Italian': 'ping: outlook.office365.com: Nome o servizio sconosciuto',
    'glibc in Danish': 'ping: outlook.office365.com: Navn eller tjeneste ukendt',
    'glibc in Japanese': 'ping: outlook.office365.com: 名前またはサービスが不明です',
  }),
  ...messages('dns', 'EAI_AGAIN', {
    'glibc in German': 'ping: login.microsoftonline.com: Temporärer Fehler bei der Namensauflösung',
    'glibc in French': 'login.microsoftonline.com: Échec temporaire dans la résolution du nom',
    'glibc in Polish': 'ping: outlook.office365.com: Odwzorowanie nazwy jest chwilowo niemożliwe',
  }),
  ...messages('refused', 'ECONNREFUSED', {
    'glibc in German': 'failed to connect to outlook.office365.com: Verbindungsaufbau abgelehnt',
    'glibc in Spanish': 'connect: Conexión rehusada',
    'glibc in Chinese': 'nc: connect to outlook.office365.com port 993 (tcp) failed: 拒绝连接',
    'Windows in French':
      'Aucune connexion n’a pu être établie car l’ordinateur cible l’a expressément refusée.',
    'Windows in Italian':
      'Impossibile stabilire la connessione. Rifiuto persistente del computer di destinazione.',
    'Windows in Polish': 'Nie można nawiązać połączenia, ponieważ komputer docelowy aktywnie go odmawia.',
    'Windows in Dutch':
      'Kan geen verbinding maken omdat de doelcomputer de verbinding actief heeft geweigerd.',
    'Windows in Swedish': 'Det gick inte att ansluta eftersom måldatorn aktivt nekade det',
    'Windows in Japanese': '対象のコンピューターによって拒否されたため、接続できませんでした。',
    'Windows in Chinese': '由于目标计算机积极拒绝，无法连接。',
  }),
  ...messages('timeout', 'ETIMEDOUT', {
    'glibc in German': 'connect: Die Wartezeit für die Verbindung ist abgelaufen',
    'glibc in French': "connect: Connexion terminée par expiration du délai d'attente",
    'Windows in Polish':
      'Próba połączenia nie powiodła się, ponieważ połączona strona nie odpowiedziała poprawnie po ustalonym okresie czasu',
    'Windows in Dutch':
      'Een verbindingspoging is mislukt omdat de verbonden partij niet correct heeft gereageerd na een bepaalde periode',
    'Windows in Portuguese':
      'Uma tentativa de conexão falhou porque o componente conectado não respondeu corretamente após um período de tempo',
    'Windows in Russian':
      'Попытка установить соединение была безуспешной, т.к. от другого компьютера за требуемое время не получен нужный отклик',
  }),
  ...messages('reset', 'ECONNRESET', {
    'glibc in German': 'Die Verbindung wurde vom Kommunikationspartner zurückgesetzt',
    'Windows in Italian': "Connessione in corso interrotta forzatamente dall'host remoto.",
    'Windows in Danish': 'En eksisterende forbindelse blev tvangsafbrudt af en ekstern vært.',
  }),
  ...messages('unreachable', 'ENETUNREACH', {
    'glibc in German': 'connect: Das Netzwerk ist nicht erreichbar',
    'glibc in French': "outlook.office365.com: Le réseau n'est pas accessible",
    'Windows in German': '[WinError 10065] Der Host war bei einem Socketvorgang nicht erreichbar',
  }),
  ...messages('untrusted', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', {
    '.NET in German': 'Das Remotezertifikat ist laut Validierungsverfahren ungültig.',
    'a channel in German':
      'Für den geschützten SSL/TLS-Kanal konnte keine Vertrauensstellung hergestellt werden.',
    'a channel in French': 'Impossible d’établir une relation de confiance pour le canal sécurisé SSL/TLS.',
    '.NET in Portuguese': 'o certificado remoto é inválido de acordo com o procedimento de validação.',
    '.NET in Polish': 'Certyfikat zdalny jest nieprawidłowy zgodnie z procedurą sprawdzania poprawności.',
    '.NET in Chinese': '未能为 SSL/TLS 安全通道建立信任关系。',
    '.NET in Japanese': '検証プロシージャによると、リモート証明書は無効です。',
  }),
  ...messages('untrusted', 'REVOCATION_UNREACHABLE', {
    'schannel in Chinese': '由于吊销服务器已脱机，吊销功能无法检查吊销。',
  }),
  ...messages('tls', 'ERR_SSL_HANDSHAKE_FAILURE', {
    'a channel in German': 'Es konnte kein geschützter SSL/TLS-Kanal erstellt werden.',
  }),
  ...messages('proxy', 'EPROXY', {
    '.NET in German':
      'Der Remoteserver hat einen Fehler zurückgegeben: (407) Proxyauthentifizierung erforderlich.',
    '.NET in French': 'Le serveur distant a retourné une erreur : (407) Authentification proxy requise.',
    '.NET in Spanish': 'Error en el servidor remoto: (407) Se requiere autenticación del proxy.',
  }),
];

export const SYSTEM_CASES: readonly SystemCase[] = [...LIBRARIES, ...LANGUAGES];

/** Ordinary sentences, and lines of logs, that hold some of the same words and tell of no failure. */
export const ORDINARY_LINES: readonly string[] = [
  'Please try again in a few minutes.',
  'You can reach Anna at (407) 555-9807 or at 407-555-1003.',
  'Order 9807 was refused by the customer and sent back.',
  'The certificate is valid for 90 days and was renewed on Monday.',
  'Our certificate expires next year; please put it into the calendar.',
  'Set the timeout to 30 seconds and the connection timeout to 10.',
  'connectTimeout: 10000, socketTimeout: 20000, idleTimeout: 600',
  'mail.imap.connectiontimeout=5000',
  'Failed to resolve import "./app.css" from "src/main.ts". Does the file exist?',
  "The value 'red' doesn't match 'green'.",
  'AxiosError: Unsupported protocol localhost:',
  '203.0.113.9 - - [23/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 407 179 "-" "curl 7.68.0"',
  'Balance: (-9824) EUR, of which 10061 EUR are due.',
  'Verify return code: 0 (ok)',
  'Secure Renegotiation IS NOT supported',
  'nslookup outlook.office365.com',
  'Unit tests: 111 passed, 104 skipped, 61 todo',
  "npm warn deprecated node-domexception@1.0.0: Use your platform's native DOMException instead",
  'Our proxy is squid; the firewall is from Fortinet, with FortiGuard.',
  'We use Zscaler at the office and nothing at home.',
  'TcpTestSucceeded : True',
  'SSL handshake has read 4291 bytes and written 412 bytes',
  '* OK The Microsoft Exchange IMAP4 service is ready.',
  'GET /errno/index.html HTTP/2 200',
  'Die Verbindung zum Projektbüro ist gut, das Netzwerk läuft.',
  'La session est expirée, veuillez vous reconnecter.',
  '连接超时时间设置为 30 秒。',
  'queryAll returned 12 rows in 5 ms',
  'Exit code 28, see the manual, section (6) and (7).',
];
