/**
 * Counts the requests to each front end of the sandbox. Kept by `sandbox.ts`, shown by the control API and read by
 * tests.
 */
import { perProtocol, type Protocol } from '../model/protocol.ts';
import type { MailFrontOptions } from './mail-front.ts';

export interface MailCounts {
  readonly connections: number;
  /** Logins attempted, and logins that opened a mailbox. */
  readonly logins: number;
  readonly opened: number;
}

export interface RequestCounts extends Readonly<Record<Protocol, MailCounts>> {
  /** The number of token requests by client id, as it was sent. */
  readonly token: Readonly<Record<string, number>>;
  readonly graph: number;
}

export interface RequestCounter {
  readonly countToken: (clientId: string) => void;
  readonly countGraph: () => void;
  readonly countConnection: MailFrontOptions['onConnection'];
  readonly countLogin: MailFrontOptions['onLogin'];
  readonly shown: () => RequestCounts;
}

export function createRequestCounts(): RequestCounter {
  const token = new Map<string, number>();
  let graph = 0;
  const mail = perProtocol(() => ({ connections: 0, logins: 0, opened: 0 }));
  return {
    countToken: (clientId) => void token.set(clientId, (token.get(clientId) ?? 0) + 1),
    countGraph: () => {
      graph += 1;
    },
    countConnection: (protocol) => {
      mail[protocol].connections += 1;
    },
    countLogin: (protocol, opened) => {
      mail[protocol].logins += 1;
      if (opened) mail[protocol].opened += 1;
    },
    shown: () => ({
      token: Object.fromEntries(token),
      graph,
      ...perProtocol((protocol) => ({ ...mail[protocol] })),
    }),
  };
}
