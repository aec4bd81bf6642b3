/**
 * The ids of the statements that mailprobe recognizes in texts of servers, systems and libraries. `vocabulary/` holds
 * the patterns of each id, evidence carries the ids, and the rules of `diagnosis/` read them.
 */
import type { Protocol } from './protocol.ts';

export const PHRASE_IDS = [
  'authenticate-failed',
  'authentication-failed',
  'not-connected',
  'logon-denied',
  'no-recipient',
  'basic-blocked',
  'login-failed',
  'account-blocked',
  'mechanism-unsupported',
  'invalid-state',
  'argument-error',
  'server-unavailable',
  'session-timeout',
  'too-many-failures',
  'throttled',
  'too-many-connections',
  'session-token-expired',
  'session-invalidated',
  'pop-auth-failure',
  'pop-logon-failure',
  'pop-protocol-error',
  'pop-state',
  'line-too-long',
  'temporary',
  'smtp-auth-disabled',
  'smtp-basic-disabled',
  'google',
  'other-server',
  'xoauth2-not-offered',
  'password-mechanism',
  'xoauth2-attempted',
  'xoauth2-two-lines',
  'graph-scope',
  'command-error',
  'wrong-greeting-of-pop3',
  'wrong-greeting-of-imap',
  'wrong-greeting-of-smtp',
  'starttls-refused',
  'wrapped-refusal',
  'wrapped-open',
  'no-rest-mailbox',
  'left-open',
] as const;

export type PhraseId = (typeof PHRASE_IDS)[number];

/** Other facts that a text shows, such as which server wrote it or which command it answers. */
export type SignId =
  | 'plain-text'
  | 'http-page'
  | 'no-tenant'
  | 'ipv6-only'
  | 'blank-behind-host'
  | 'of-the-tenant'
  | `greeting-of-${Protocol | 'smtp'}`
  | 'login-command'
  | 'bye';

/** What was recognized in the text of a failure. */
export interface Recognized {
  readonly phrases: readonly PhraseId[];
  readonly signs: readonly SignId[];
}
