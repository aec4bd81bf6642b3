/**
 * If several causes explain a failure with equal severity and confidence, the earlier in this list comes first. Causes
 * that are not listed come last, in the order of CAUSES.
 * An entry with a colon is a second position of a cause. The text after the colon names the evidence for which the rule
 * of the cause returns this position.
 * A refused login has its own lists in refusal-order.ts.
 */
import type { Cause } from '../model/cause.ts';

export const PRECEDENCE = [
  // Proved by the results of other mailboxes and hosts.
  'own-network-down',
  'exchange-transient: others get through',

  // The failure itself points to the cause.
  'tls-mode-mismatch: starttls',
  'ipv6-path',
  'token-service-transient',
  'clock-skew',
  'server-certificate-expired',
  'dns-failure',
  'tls-interception',
  'trust-store-incomplete',

  // Only the configured proxy has answered, so the proxy is the first suspect.
  'proxy-failure: configured',

  // The server did not answer. As long as TLS is not complete, a firewall is more common than a faulty host.
  'tcp-blocked',
  'service-incident',
  'wrong-port',
  'proxy-failure',
  'tls-mode-mismatch',
  'tls-handshake-failure',

  // Stated by the server's message.
  'session-timeout',
  'access-token-expired',
  'not-exchange-online',
  'account-blocked',
  'protocol-disabled-on-mailbox',
  'xoauth2-string-malformed',
  'xoauth2-not-offered',
  'exchange-transient',
  'basic-auth-retired',
  'wrong-auth-mechanism',
  'xoauth2-pop-one-line',
  'xoauth2-token-too-long',
  'username-mailbox-mismatch',

  // The connection is open, so a firewall is less likely.
  'tcp-blocked: at the greeting',
  'exchange-throttled',
  'service-incident: own mailboxes only',

  // The token's claims lack something.
  'wrong-audience',
  'token-user-mailbox-mismatch',
  'app-permission-missing',
  'admin-consent-missing',
  'propagation-delay',
] as const satisfies readonly (Cause | `${Cause}: ${string}`)[];

/** The entries that are a second position of a cause, such as `proxy-failure: configured`. */
export type Position = Exclude<(typeof PRECEDENCE)[number], Cause>;
