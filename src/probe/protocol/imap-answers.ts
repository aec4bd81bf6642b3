/**
 * What an IMAP server says to the command under way, verbatim from the wire, while imapflow reads the same bytes.
 * imapflow tolerates lines that fit nowhere and waits on; here they end the look. Used by imap-client.ts only.
 */
import type { Failure } from '../../model/evidence.ts';
import { notOfTheProtocol, refusal } from './refusal.ts';
import type { LineReader } from './line-reader.ts';

const STATUSES = ['OK', 'NO', 'BAD', 'BYE'] as const;
type Status = (typeof STATUSES)[number];

export interface Parsed {
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
  readonly parse: (line: string) => void;
  readonly parsed: () => Parsed;
  /** Why the command did not succeed. An answer that was heard counts, whatever ended the connection after it. */
  readonly failure: () => Failure | undefined;
}

/** `currentTag`: of the command that was sent last. */
export function createImapAnswers(reader: LineReader, currentTag: () => string): ImapAnswers {
  let command = '';
  let parsed: Parsed = {};

  const parseUntagged = (line: string): void => {
    const [, bye] = /^\* BYE ?(.*)$/i.exec(line) ?? [];
    const [, messages] = /^\* (\d{1,10}) EXISTS$/i.exec(line) ?? [];
    if (messages !== undefined) parsed = { ...parsed, messages: Number(messages) };
    if (bye !== undefined && command === 'LOGOUT') parsed = { ...parsed, bye };
    else if (bye !== undefined) reader.fail(refusal('BYE', bye, reader.words));
  };

  return {
    begin: (next) => {
      command = next;
      parsed = {};
    },
    parse: (line) => {
      const [, tag, word, said = ''] = /^(\S+) (\w+)(?: (.*))?$/.exec(line) ?? [];
      const status = STATUSES.find((one) => one === word?.toUpperCase());
      // Literals have no place in these answers: what follows one would be read as an answer.
      const fits = !/\{\d+\+?\}$/.test(line);
      if (fits && line.startsWith('* ')) parseUntagged(line);
      else if (fits && line.startsWith('+')) parsed = { ...parsed, challenge: line.slice(1).trim() };
      else if (fits && tag === currentTag() && status !== undefined && parsed.answer === undefined) {
        parsed = { ...parsed, answer: { status, said } };
      } else reader.fail(notOfTheProtocol(line, `the answer to ${command}`, reader.words));
    },
    parsed: () => parsed,
    failure: () => {
      const { answer, bye } = parsed;
      if (answer?.status === 'OK' || bye !== undefined) return undefined;
      if (answer !== undefined) return refusal(answer.status, answer.said, reader.words);
      return reader.failure() ?? notOfTheProtocol('', `the answer to ${command}`, reader.words);
    },
  };
}
