/**
 * The interface of a mail protocol. All protocols have the same steps in the same order. A new protocol needs one file
 * that implements the interface, one line in adapters.ts and one entry in model/protocol.ts.
 */
import type { StageFacts, StageName } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import type { Secret } from '../../model/secret.ts';
import type { LineReader } from './line-reader.ts';

/** The facts of a step, and its failure if it failed. A step without facts may throw a `StageFailure` instead. */
export interface Step<S extends StageName> {
  readonly facts: StageFacts[S];
  readonly failure?: Failure;
}

export interface Conversation {
  readonly greet: () => Promise<Step<'greeting'>>;
  /** Asks for TLS, and resolves when the server agrees. Rejects with a `StageFailure` if it does not. */
  readonly startTls: () => Promise<void>;
  /** Continues with the reader of the encrypted connection. Called when the TLS handshake is complete. */
  readonly secured: (reader: LineReader) => void;
  /** Logs in with SASL XOAUTH2, in one attempt. */
  readonly authenticate: (address: string, token: Secret) => Promise<Step<'auth'>>;
  /** Opens the mailbox read-only and counts its messages. Absent if the protocol has no mailbox to open. */
  readonly open?: () => Promise<Step<'open'>>;
  /** Ends the session with LOGOUT or QUIT, even without a login. */
  readonly logout: () => Promise<Step<'logout'>>;
}

/** Begins a conversation on a connected reader, before the greeting is read. */
export type Adapter = (reader: LineReader) => Conversation;
