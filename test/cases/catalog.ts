/** Every cause that an app-only IMAP or POP3 client is known to meet, by id. */
const IDS = `secret-expired secret-invalid secret-missing client-type-mismatch cert-credential-invalid
assertion-time-invalid clock-skew app-not-found app-disabled sp-missing-in-tenant tenant-not-found
tenant-identifier-malformed tenant-endpoint-common national-cloud-mismatch scope-format-invalid resource-not-found
resource-not-in-app-permissions request-malformed conditional-access-blocked token-throttled token-service-transient
wrong-audience app-permission-missing admin-consent-missing exchange-sp-not-registered exchange-sp-wrong-object-id
mailbox-permission-missing protocol-disabled-on-mailbox mailbox-not-found-or-unlicensed username-mailbox-mismatch
token-user-mailbox-mismatch xoauth2-string-malformed xoauth2-pop-one-line xoauth2-token-too-long access-token-expired
basic-auth-retired exchange-throttled exchange-transient service-incident propagation-delay client-bug prober-starved session-timeout
wrong-auth-mechanism account-blocked wrong-port tls-mode-mismatch dns-failure tcp-blocked proxy-failure
tls-interception tls-handshake-failure ipv6-path`;

export const CATALOG: readonly string[] = IDS.split(/\s+/);
