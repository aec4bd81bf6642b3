/**
 * The interface that each notification channel implements, and the functions it gets. Each channel has its own file.
 * `lane.ts` and `notify test` call `send`. A channel never throws and never retries. It does not decide who receives a
 * message.
 */
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Redactor } from '../model/redactor.ts';
import type { Secret } from '../model/secret.ts';
import type { SecretSource } from '../model/target.ts';
import type { Message } from './message.ts';

/**
 * - `accepted`  the receiver has the message; `answer` is its reply
 * - `retry`     the message was not accepted now, and can be sent again after `afterMs` milliseconds at the earliest
 * - `refused`   the receiver will never accept the message
 */
export type SendResult =
  | { readonly outcome: 'accepted'; readonly answer: string }
  | { readonly outcome: 'retry'; readonly reason: string; readonly afterMs?: number }
  | { readonly outcome: 'refused'; readonly reason: string };

export interface Channel {
  /**
   * Resolves soon after `signal` is aborted. The result's `reason` or `answer` is of limited length and holds no
   * secret.
   */
  readonly send: (message: Message, signal: AbortSignal) => Promise<SendResult>;
}

export interface Destination {
  readonly host: string;
  readonly port: number;
  /** True if TLS begins with the first byte. The certificate is then verified. */
  readonly tls: boolean;
  readonly signal: AbortSignal;
}

/**
 * Connects, through the proxy if one is configured. Resolves to a socket, or to the reason why there is none. The
 * reason is of limited length and holds no secret. Never rejects.
 */
export type Dial = (
  to: Destination,
) => Promise<
  { readonly ok: true; readonly socket: Socket } | { readonly ok: false; readonly reason: string }
>;

export interface ChannelEdges {
  readonly dial: Dial;
  /** The TLS settings for a channel that uses STARTTLS. */
  readonly secureContext: () => SecureContext;
  /** Rejects with an error whose message is written for operators. */
  readonly readSecret: (source: SecretSource) => Promise<Secret>;
  /**
   * Resolves to an access token of the app for XOAUTH2. Rejects with an error whose message is written for operators.
   */
  readonly acquireToken: (app: string, signal: AbortSignal) => Promise<Secret>;
  readonly redactor: Redactor;
  readonly now: () => number;
}
