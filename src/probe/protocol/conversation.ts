/**
 * What a mail protocol is to a look: the same steps in the same order, whatever the commands are called. A new
 * protocol is one file that implements this, one line in adapters.ts and one entry in model/protocol.ts.
 */
import type { Failure, StageFacts, StageName } from '../../model/evidence.ts';
import type { Secret } from '../../model/secret.ts';
import type { LineReader } from './line-reader.ts';

/** What a step saw, and why it failed, if it did. A step that saw nothing may throw a `StageFailure` instead. */
export interface Step<S extends StageName> {
  readonly facts: StageFacts[S];
  readonly failure?: Failure;
}

export interface Conversation {
  /** Reads the greeting. */
  readonly greet: () => Promise<Step<'greeting'>>;
  /** In plain text, up to the server's consent to TLS. Rejects with a `StageFailure` where there is none. */
  readonly startTls: () => Promise<void>;
  /** From here on it speaks on that wire: TLS has been completed after `startTls`. */
  readonly secured: (reader: LineReader) => void;
  /** SASL XOAUTH2, once. */
  readonly authenticate: (address: string, token: Secret) => Promise<Step<'auth'>>;
  /** Opens the mailbox read-only and counts its messages. Absent where the protocol has no mailbox to open. */
  readonly open?: () => Promise<Step<'open'>>;
  /** Says goodbye, logged in or not. */
  readonly logout: () => Promise<Step<'logout'>>;
  /** Lets go of what the library holds. The wire is the caller's. */
  readonly close: () => void;
}

/** A protocol: begins a conversation on a connected wire, before its greeting was read. */
export type Adapter = (reader: LineReader) => Conversation;
