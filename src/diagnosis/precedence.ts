/**
 * Which cause comes first of those that explain the same failure and are equally severe and sure? The earlier in this
 * list; what is not listed comes last, in the order of CAUSES. A cause that stands in two places names the evidence
 * that moves it to the other one: its rule gives that place. order.ts asks; a refused login has lists of its own in
 * refusal-candidates.ts.
 */
import type { Cause } from '../model/cause.ts';

export const PRECEDENCE = [
  // Whose fault it cannot be: the neighbours show it.
  'own-network-down',
  'exchange-transient: others get through',

  // What the failure itself gives away.
  'tls-mode-mismatch: starttls',
  'ipv6-path',
  'token-service-transient',
  'clock-skew',
  'server-certificate-expired',
  'dns-failure',
  'tls-interception',
  'trust-store-incomplete',

  // Silence. Until TLS stands, a firewall is more common than a host that is ill.
  'tcp-blocked',
  'service-incident',
  'wrong-port',
  'proxy-failure',
  'tls-mode-mismatch',
  'tls-handshake-failure',

  // What the server says.
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

  // Once a connection stood, a firewall is the weaker guess.
  'tcp-blocked: at the greeting',
  'exchange-throttled',
  'service-incident: own mailboxes only',

  // What the claims of the token lack.
  'wrong-audience',
  'token-user-mailbox-mismatch',
  'app-permission-missing',
  'admin-consent-missing',
  'propagation-delay',
] as const satisfies readonly (Cause | `${Cause}: ${string}`)[];

/** A place that evidence gives to a cause, other than its usual one. */
export type OtherPlace = Exclude<(typeof PRECEDENCE)[number], Cause>;
