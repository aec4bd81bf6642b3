/** What systems, TLS libraries and languages say when a connection does not come about. */
import type { TextCase } from './text-case.ts';

export const NETWORK_TEXTS: readonly TextCase[] = [
  {
    name: 'a name that does not resolve, in Node',
    text: 'Error: getaddrinfo ENOTFOUND outlook.office365.com',
    first: 'dns-failure',
  },
  {
    name: 'a name that does not resolve, in Python',
    text: 'socket.gaierror: [Errno -2] Name or service not known',
    first: 'dns-failure',
  },
  {
    name: 'a name that does not resolve for now',
    text: 'socket.gaierror: [Errno -3] Temporary failure in name resolution',
    first: 'dns-failure',
  },
  {
    name: 'a name that does not resolve, in Java',
    text: 'java.net.UnknownHostException: outlook.office365.com',
    first: 'dns-failure',
  },
  {
    name: 'a name that does not resolve, in Go',
    text: 'dial tcp: lookup login.microsoftonline.com on 10.0.0.2:53: no such host',
    first: 'dns-failure',
  },
  {
    name: 'a name that does not resolve, in .NET',
    text: 'System.Net.Sockets.SocketException (11001): No such host is known.',
    first: 'dns-failure',
  },
  {
    name: 'a name that does not resolve, in curl',
    text: 'curl: (6) Could not resolve host: login.microsoftonline.com',
    first: 'dns-failure',
  },
  {
    name: 'a name that does not resolve, in PHP',
    text: 'php_network_getaddresses: getaddrinfo for outlook.office365.com failed: Name or service not known',
    first: 'dns-failure',
  },
  {
    name: 'a name that does not resolve, in Rust',
    text: 'error: failed to lookup address information: Name or service not known',
    first: 'dns-failure',
  },
  {
    name: 'a refused connection, in Node',
    text: 'Error: connect ECONNREFUSED 52.97.201.50:993',
    first: 'tcp-blocked',
    detail: 'refused',
  },
  {
    name: 'a refused connection, in .NET',
    text: 'System.Net.Sockets.SocketException (10061): No connection could be made because the target machine actively refused it. [::ffff:52.97.1.2]:993',
    first: 'tcp-blocked',
    detail: 'refused',
  },
  {
    name: 'a refused connection, in Python',
    text: 'ConnectionRefusedError: [Errno 111] Connection refused',
    first: 'tcp-blocked',
    detail: 'refused',
  },
  {
    name: 'a connection that times out, in Windows',
    text: 'TimeoutError: [WinError 10060] A connection attempt failed because the connected party did not properly respond after a period of time',
    first: 'tcp-blocked',
  },
  {
    name: 'a connection that times out, in Java',
    text: "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: outlook.office365.com, 993; timeout -1;\n  nested exception is:\n\tjava.net.ConnectException: Connection timed out",
    first: 'tcp-blocked',
  },
  {
    name: 'a connection that times out, in Go',
    text: 'dial tcp 52.97.201.50:993: i/o timeout',
    first: 'tcp-blocked',
  },
  {
    name: 'a network without IPv6',
    text: 'connect ENETUNREACH 2603:1026:c0b:10::2:993 - Local (:::0)',
    first: 'ipv6-path',
  },
  {
    name: 'a network without a route',
    text: 'OSError: [Errno 101] Network is unreachable',
    first: 'tcp-blocked',
    detail: 'no-route',
  },
  {
    name: 'a proxy that wants a password',
    text: "requests.exceptions.ProxyError: HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Tunnel connection failed: 407 Proxy Authentication Required",
    first: 'proxy-failure',
  },
  {
    name: 'an intercepted connection, in Node',
    text: "Error: self-signed certificate in certificate chain\n  code: 'SELF_SIGNED_CERT_IN_CHAIN'",
    first: 'tls-interception',
  },
  {
    name: 'an intercepted connection, in Python',
    text: 'ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1129)',
    first: 'tls-interception',
  },
  {
    name: 'an intercepted connection, in Java',
    text: 'javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target',
    first: 'tls-interception',
  },
  {
    name: 'an intercepted connection, in Go',
    text: 'x509: certificate signed by unknown authority',
    first: 'tls-interception',
  },
  {
    name: 'an intercepted connection, in .NET',
    text: 'System.Security.Authentication.AuthenticationException: The remote certificate is invalid because of errors in the certificate chain: PartialChain',
    first: 'tls-interception',
  },
  {
    name: 'an intercepted connection in openssl s_client',
    text: 'CONNECTED(00000003)\ndepth=1 C = US, O = Zscaler Inc., CN = Zscaler Intermediate Root CA\nverify error:num=20:unable to get local issuer certificate\n---\nCertificate chain\n 0 s:CN = outlook.com\n   i:C = US, O = Zscaler Inc., CN = Zscaler Intermediate Root CA\n---\nVerify return code: 20 (unable to get local issuer certificate)',
    first: 'tls-interception',
  },
  {
    name: "Microsoft's own certificate in openssl s_client on a machine with old roots",
    text: 'depth=1 C = US, O = DigiCert Inc, CN = DigiCert Cloud Services CA-1\nverify error:num=20:unable to get local issuer certificate\nsubject=CN = outlook.com\nissuer=C = US, O = DigiCert Inc, CN = DigiCert Cloud Services CA-1\nVerify return code: 20 (unable to get local issuer certificate)',
    first: 'trust-store-incomplete',
  },
  {
    name: 'a certificate for another name',
    text: "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: Host: outlook.office365.com. is not in the cert's altnames",
    first: 'tls-interception',
    detail: 'name-mismatch',
  },
  {
    name: 'a certificate that has expired',
    text: 'ssl.SSLCertVerificationError: certificate verify failed: certificate has expired (_ssl.c:1007)',
    first: 'server-certificate-expired',
    among: ['clock-skew'],
  },
  {
    name: 'plain text on a TLS port, in OpenSSL',
    text: 'ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1129)',
    first: 'tls-mode-mismatch',
  },
  {
    name: 'plain text on a TLS port, in Java',
    text: 'javax.net.ssl.SSLException: Unsupported or unrecognized SSL message',
    first: 'tls-mode-mismatch',
  },
  {
    name: 'plain text on a TLS port, in Go',
    text: 'tls: first record does not look like a TLS handshake',
    first: 'tls-mode-mismatch',
  },
  {
    name: 'a TLS version that is too old',
    text: 'javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version',
    first: 'tls-handshake-failure',
  },
  {
    name: 'a handshake that is cut',
    text: 'write:errno=104\nno peer certificate available\nSSL handshake has read 0 bytes',
    first: 'tcp-blocked',
    detail: 'reset',
    among: ['tls-handshake-failure'],
  },
];
