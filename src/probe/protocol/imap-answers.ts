/**
 * Keeps an IMAP server's answer to the current command as it was received, while imapflow reads the same lines.
 * imapflow ignores an unexpected line and keeps waiting, but here such a line ends the probe. Used by imap-client.ts
 * only.
 */
import type { Failure } from '../../model/failure.ts';
import { notOfTheProtocol, refusal } from './refusal.ts';
import type { LineReader } from './line-reader.ts';

const STATUSES = ['OK', 'NO', 'BAD', 'BYE'] as const;
type Status = (typeof STATUSES)[number];
const LITERAL = /\{\d+\+?\}$/;

export interface Parsed {
  /** The text of the `* BYE` that answers LOGOUT. */
  readonly bye?: string;
  /** The last SASL continuation. */
  readonly challenge?: string;
  /** The tagged answer. A tagged BYE violates the protocol, but its meaning is clear. */
  readonly answer?: { readonly status: Status; readonly text: string };
  /** The number in `* 3 EXISTS`. */
  readonly messages?: number;
}

export interface ImapAnswers {
  /** Must be called before a command is sent. Discards the previous answer. */
  readonly begin: (command: string) => void;
  readonly parse: (line: string) => void;
  readonly parsed: () => Parsed;
  /**
   * Returns why the command failed, or undefined if it did not fail. Once the answer to the command has arrived, a
   * later end of the connection does not matter.
   */
  readonly failure: () => Failure | undefined;
}

/** `currentTag` returns the tag of the last command. */
export function createImapAnswers(reader: LineReader, currentTag: () => string): ImapAnswers {
  let command = '';
  let parsed: Parsed = {};

  const parseUntagged = (line: string): void => {
    const [, bye] = /^\* BYE ?(.*)$/i.exec(line) ?? [];
    const [, messages] = /^\* (\d{1,10}) EXISTS$/i.exec(line) ?? [];
    if (messages !== undefined) parsed = { ...parsed, messages: Number(messages) };
    if (bye !== undefined && command === 'LOGOUT') parsed = { ...parsed, bye };
    else if (bye !== undefined) reader.fail(refusal('BYE', bye, reader.sanitize));
  };

  const parseTagged = (line: string): boolean => {
    const [, tag, word, text = ''] = /^(\S+) (\w+)(?: (.*))?$/.exec(line) ?? [];
    const status = STATUSES.find((one) => one === word?.toUpperCase());
    if (tag !== currentTag() || status === undefined || parsed.answer !== undefined) return false;
    parsed = { ...parsed, answer: { status, text } };
    return true;
  };

  return {
    begin: (next) => {
      command = next;
      parsed = {};
    },
    parse: (line) => {
      // No answer to our commands contains a literal. The data of a literal would be taken for a line of the answer.
      const fits = !LITERAL.test(line);
      if (fits && line.startsWith('* ')) parseUntagged(line);
      else if (fits && line.startsWith('+')) parsed = { ...parsed, challenge: line.slice(1).trim() };
      else if (!fits || !parseTagged(line))
        reader.fail(notOfTheProtocol(line, `the answer to ${command}`, reader.sanitize));
    },
    parsed: () => parsed,
    failure: () => {
      const { answer, bye } = parsed;
      if (answer?.status === 'OK' || bye !== undefined) return undefined;
      if (answer !== undefined) return refusal(answer.status, answer.text, reader.sanitize);
      return reader.failure() ?? notOfTheProtocol('', `the answer to ${command}`, reader.sanitize);
    },
  };
}
