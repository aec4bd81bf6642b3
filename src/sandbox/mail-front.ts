/**
 * The common part of both mail front ends: turns a connection into a dialogue, and applies faults of the whole host
 * before the protocol starts. `imap.ts` and `pop3.ts` supply the dialogues.
 */
import type { Protocol } from '../model/protocol.ts';
import type { TokenIssuer } from './access-token.ts';
import { GREETING_NAME } from './exchange.ts';
import { createLineSession, LineTooLongError, type LineSession } from './line-session.ts';
import type { Connection } from './listener.ts';
import type { Tenant } from './tenant.ts';
import type { Wait } from './wait.ts';

export interface MailFrontOptions {
  readonly tenant: () => Tenant;
  readonly issuer: TokenIssuer;
  /** The delay of a refused login in milliseconds. Exchange takes one to six seconds. */
  readonly failureDelayMs: number;
  readonly wait: Wait;
  readonly onConnection: (protocol: Protocol) => void;
  readonly onLogin: (protocol: Protocol, opened: boolean) => void;
}

export interface Dialogue {
  readonly session: LineSession;
  readonly options: MailFrontOptions;
  /** Is STARTTLS or STLS offered at the start of the dialogue? */
  readonly upgradable: boolean;
}

export interface MailProtocol {
  readonly protocol: Protocol;
  readonly greeting: string;
  /** Sent instead of a greeting by a host that is out of order. */
  readonly refusal: string;
  /** Sent to a client whose line is too long. */
  readonly lineTooLong: string;
  /** The most bytes of a line. */
  readonly longestLine: number;
  readonly talk: (dialogue: Dialogue) => Promise<void>;
}

export const GREETINGS: Readonly<Record<Protocol, string>> = {
  imap: `* OK The Microsoft Exchange IMAP4 service is ready. [${GREETING_NAME}]`,
  pop3: `+OK The Microsoft Exchange POP3 service is ready. [${GREETING_NAME}]`,
};

/** The protocol whose greeting is sent for the fault `other-protocol`. */
const ANOTHER: Readonly<Record<Protocol, Protocol>> = { imap: 'pop3', pop3: 'imap' };

/** Serves one connection to its end. Never rejects. */
export async function serveMail(
  mail: MailProtocol,
  options: MailFrontOptions,
  connection: Connection,
  upgradable: boolean,
): Promise<void> {
  options.onConnection(mail.protocol);
  const session = createLineSession(connection, mail.longestLine, options.wait);
  try {
    await greetAndTalk(mail, { session, options, upgradable });
  } catch (error) {
    // An error other than a too long line means that the connection is broken.
    if (error instanceof LineTooLongError) session.write(mail.lineTooLong);
  }
  await session.end();
}

async function greetAndTalk(mail: MailProtocol, dialogue: Dialogue): Promise<void> {
  const { session, options } = dialogue;
  const { kind } = options.tenant().faults[mail.protocol];
  if (kind === 'silent') {
    await session.stall();
    return;
  }
  if (kind === 'bye') {
    session.write(mail.refusal);
    return;
  }
  if (kind === 'garbage') {
    session.write('\u0000\u0016\u0003\u0001 220 ?? simulated garbage \u00ff\u00fe', ']]>');
    await session.stall();
    return;
  }
  if (kind === 'other-protocol') {
    session.write(GREETINGS[ANOTHER[mail.protocol]]);
    await session.stall();
    return;
  }
  session.write(mail.greeting);
  await mail.talk(dialogue);
}
