/**
 * What an IMAP server says to the command under way, verbatim from the wire, while imapflow reads the same bytes.
 * imapflow tolerates lines that fit nowhere and waits on; here they end the look. Used by imap-client.ts only.
 */
import type { Failure } from '../../model/evidence.ts';
import { notOfTheProtocol, refusal } from './refusal.ts';
import type { Wire } from './line-reader.ts';

const STATUSES = ['OK', 'NO', 'BAD', 'BYE'] as const;
type Status = (typeof STATUSES)[number];

export interface Heard {
  /** Behind the `* BYE` that answers LOGOUT. */
  readonly bye?: string;
  /** The last SASL continuation. */
  readonly challenge?: string;
  /** Behind our tag. A tagged BYE is none of the protocol, but its meaning is plain. */
  readonly answer?: { readonly status: Status; readonly said: string };
  /** Of `* 3 EXISTS`. */
  readonly messages?: number;
}

export interface ImapAnswers {
  /** A command is about to be sent: what was heard before is forgotten. */
  readonly begin: (command: string) => void;
  readonly hear: (line: string) => void;
  readonly heard: () => Heard;
  /** Why the command did not succeed. An answer that was heard counts, whatever ended the connection after it. */
  readonly failure: () => Failure | undefined;
}

/** `currentTag`: of the command that was sent last. */
export function createImapAnswers(wire: Wire, currentTag: () => string): ImapAnswers {
  let command = '';
  let heard: Heard = {};

  const hearUntagged = (line: string): void => {
    const [, bye] = /^\* BYE ?(.*)$/i.exec(line) ?? [];
    const [, messages] = /^\* (\d{1,10}) EXISTS$/i.exec(line) ?? [];
    if (messages !== undefined) heard = { ...heard, messages: Number(messages) };
    if (bye !== undefined && command === 'LOGOUT') heard = { ...heard, bye };
    else if (bye !== undefined) wire.fail(refusal('BYE', bye, wire.words));
  };

  return {
    begin: (next) => {
      command = next;
      heard = {};
    },
    hear: (line) => {
      const [, tag, word, said = ''] = /^(\S+) (\w+)(?: (.*))?$/.exec(line) ?? [];
      const status = STATUSES.find((one) => one === word?.toUpperCase());
      // Literals have no place in these answers: what follows one would be read as an answer.
      const fits = !/\{\d+\+?\}$/.test(line);
      if (fits && line.startsWith('* ')) hearUntagged(line);
      else if (fits && line.startsWith('+')) heard = { ...heard, challenge: line.slice(1).trim() };
      else if (fits && tag === currentTag() && status !== undefined && heard.answer === undefined) {
        heard = { ...heard, answer: { status, said } };
      } else wire.fail(notOfTheProtocol(line, `the answer to ${command}`, wire.words));
    },
    heard: () => heard,
    failure: () => {
      const { answer, bye } = heard;
      if (answer?.status === 'OK' || bye !== undefined) return undefined;
      if (answer !== undefined) return refusal(answer.status, answer.said, wire.words);
      return wire.failure() ?? notOfTheProtocol('', `the answer to ${command}`, wire.words);
    },
  };
}
