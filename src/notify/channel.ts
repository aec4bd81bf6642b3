/**
 * The interface of every notification channel, and what a channel gets to do its work. Each channel has its own file.
 * `lane.ts` and `notify test` call `send`. A channel never throws, never retries by itself and never decides who
 * receives what.
 */
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Redactor } from '../model/redactor.ts';
import type { Secret } from '../model/secret.ts';
import type { SecretSource } from '../model/target.ts';
import type { Message } from './message.ts';

/**
 * - `accepted`  the receiver has the message; `answer` is its reply
 * - `retry`     it was not accepted now, and may be sent again after `afterMs` milliseconds at the earliest
 * - `refused`   the receiver will never accept this message
 */
export type SendResult =
  | { readonly outcome: 'accepted'; readonly answer: string }
  | { readonly outcome: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly outcome: 'refused'; readonly reason: string };

export interface Channel {
  /** Resolves soon after `signal` is aborted. The reasons and answers in the result are bounded and redacted. */
  readonly send: (message: Message, signal: AbortSignal) => Promise<SendResult>;
}

export interface Destination {
  readonly host: string;
  readonly port: number;
  /**
   * If true, TLS begins with the first byte, and the certificate is verified. If false, the connection begins without
   * TLS.
   */
  readonly tls: boolean;
  readonly signal: AbortSignal;
}

/**
 * Resolves to a connected socket, or to the reason why there is none, bounded and redacted. Uses the proxy if one is
 * configured. Never rejects.
 */
export type Dial = (
  to: Destination,
) => Promise<
  { readonly ok: true; readonly socket: Socket } | { readonly ok: false; readonly reason: string }
>;

export interface ChannelEdges {
  readonly dial: Dial;
  /** The TLS settings for a channel that starts TLS itself (STARTTLS). */
  readonly secureContext: () => SecureContext;
  /** Rejects with an error whose message is for people. */
  readonly readSecret: (source: SecretSource) => Promise<Secret>;
  /** The mail token of an app, for XOAUTH2. Rejects with an error whose message is for people. */
  readonly acquireToken: (app: string, signal: AbortSignal) => Promise<Secret>;
  readonly redactor: Redactor;
  readonly now: () => number;
}
