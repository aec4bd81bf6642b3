/**
 * The dialogue of a probe in IMAP4rev1 and IMAP4rev2 (RFC 9051): AUTHENTICATE XOAUTH2, EXAMINE INBOX, LOGOUT. Never
 * sends SELECT. Reads the lines before the login without imapflow, so that an invalid greeting fails at once. From the
 * login on, imapflow parses the lines.
 */
import type { StageFacts } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import { shownCapabilities } from './capabilities.ts';
import type { Adapter, Step } from './conversation.ts';
import { greetingFacts } from './greeting.ts';
import { createImapClient, type ImapClient } from './imap-client.ts';
import { notOfTheProtocol, refusal } from './refusal.ts';
import type { LineReader } from './line-reader.ts';
import { initialResponse, MECHANISM, notOffered, readChallenge } from './xoauth2.ts';
import { StageFailure } from '../stage-failure.ts';

/**
 * imapflow gets this greeting after STARTTLS. The capabilities in the real greeting were sent in plain text, so they do
 * not count.
 */
const NEUTRAL_GREETING = '* OK ready';

export const imap: Adapter = (plainReader) => {
  let reader = plainReader;
  let greeting = NEUTRAL_GREETING;
  let client: ImapClient | undefined;
  return {
    greet: async () => {
      reader.expect({ what: 'the IMAP greeting', begins: /^\*/ });
      greeting = await reader.line();
      const facts = greetingFacts(greeting, reader.sanitize);
      const failure = greetingFailure(greeting, reader);
      return failure === undefined ? { facts } : { facts, failure };
    },
    startTls: async () => {
      await startTls(reader);
      greeting = NEUTRAL_GREETING;
    },
    secured: (securedReader) => {
      reader = securedReader;
    },
    authenticate: async (address, token) => {
      client = await createImapClient(reader, greeting);
      return await authenticate(client, reader, initialResponse(address, token));
    },
    open: async () => {
      if (client === undefined) throw new Error('The mailbox cannot be opened before the login.');
      const { messages, failure } = await client.command({ name: 'EXAMINE', argument: 'INBOX' });
      return {
        facts: { command: 'EXAMINE', ...(messages === undefined ? {} : { messages }) },
        ...(failure === undefined ? {} : { failure }),
      };
    },
    logout: async () => {
      const { bye, failure } = await (client === undefined
        ? ask(reader, 'A3', 'LOGOUT')
        : client.command({ name: 'LOGOUT' }));
      return {
        facts: bye === undefined ? {} : { text: reader.sanitize(bye) },
        ...(failure === undefined ? {} : { failure }),
      };
    },
  };
};

async function startTls(reader: LineReader): Promise<void> {
  const listed = await ask(reader, 'A1', 'CAPABILITY');
  if (listed.failure !== undefined) throw new StageFailure(listed.failure);
  const capabilities = capabilitiesIn(listed.untagged);
  if (!capabilities.includes('STARTTLS')) throw new StageFailure(noStartTls(capabilities, reader));
  const { failure } = await ask(reader, 'A2', 'STARTTLS');
  if (failure !== undefined) throw new StageFailure(failure);
}

async function authenticate(
  client: ImapClient,
  { send, sanitize }: LineReader,
  response: string,
): Promise<Step<'auth'>> {
  const { capabilities } = client;
  const facts: StageFacts['auth'] = {
    mechanism: MECHANISM,
    capabilities: shownCapabilities(capabilities, sanitize),
  };
  if (capabilities.length > 0 && !capabilities.includes(`AUTH=${MECHANISM}`)) {
    return { facts, failure: notOffered(shownCapabilities(mechanismsIn(capabilities), sanitize)) };
  }
  // RFC 4959: without SASL-IR, the response is sent after the server's first continuation, which is empty.
  const initial = capabilities.includes('SASL-IR');
  let unsent = initial ? '' : response;
  const parsed = await client.command({
    name: 'AUTHENTICATE',
    argument: MECHANISM,
    ...(initial ? { sensitive: response } : {}),
    onContinue: () => {
      // A continuation after the response is the error challenge. The client answers it with an empty line, and the
      // server then sends its NO.
      send(unsent);
      unsent = '';
    },
  });
  const challenge = parsed.challenge === undefined ? undefined : readChallenge(parsed.challenge, sanitize);
  return {
    facts: {
      ...facts,
      ...(parsed.answer === undefined ? {} : { text: sanitize(parsed.answer.text) }),
      ...(challenge === undefined ? {} : { challenge }),
    },
    ...(parsed.failure === undefined ? {} : { failure: parsed.failure }),
  };
}

function greetingFailure(line: string, reader: LineReader): Failure | undefined {
  const [, status, text] = /^\* (OK|BYE|PREAUTH)(?: (.*))?$/i.exec(line) ?? [];
  if (status === undefined) return notOfTheProtocol(line, 'an IMAP greeting', reader.sanitize);
  if (status.toUpperCase() === 'BYE') return refusal('BYE', text ?? '', reader.sanitize);
  if (status.toUpperCase() === 'OK') return undefined;
  // PREAUTH means that the connection is already logged in, to an unknown mailbox.
  return { kind: 'protocol', code: 'preauth', text: reader.sanitize(line) };
}

interface Answer {
  readonly untagged: readonly string[];
  readonly bye?: string;
  readonly failure?: Failure;
}

/** Sends one command without imapflow: a command in plain text before STARTTLS, or LOGOUT without a login. */
async function ask(
  reader: LineReader,
  tag: string,
  command: 'CAPABILITY' | 'STARTTLS' | 'LOGOUT',
): Promise<Answer> {
  reader.expect({ what: `the answer to ${command}`, begins: /^[*A]/ });
  reader.send(`${tag} ${command}`);
  const untagged: string[] = [];
  for (;;) {
    const line = await reader.line();
    const [, bye] = /^\* BYE ?(.*)$/i.exec(line) ?? [];
    // RFC 9051 section 6.1.3: BYE is the answer to LOGOUT. Some servers do not send the tagged OK after it.
    if (bye !== undefined && command === 'LOGOUT') return { untagged, bye };
    if (bye !== undefined) return { untagged, failure: refusal('BYE', bye, reader.sanitize) };
    if (line.startsWith('* ')) {
      untagged.push(line.slice(2));
      continue;
    }
    const [, answered, status, text] = /^(\S+) (OK|NO|BAD)(?: (.*))?$/i.exec(line) ?? [];
    if (answered !== tag)
      throw new StageFailure(notOfTheProtocol(line, 'an answer with our tag', reader.sanitize));
    const word = status?.toUpperCase();
    if (word !== 'NO' && word !== 'BAD') return { untagged };
    return { untagged, failure: refusal(word, text ?? '', reader.sanitize) };
  }
}

function capabilitiesIn(untagged: readonly string[]): readonly string[] {
  return untagged
    .filter((line) => /^CAPABILITY /i.test(line))
    .flatMap((line) => line.toUpperCase().split(' ').slice(1));
}

function mechanismsIn(capabilities: readonly string[]): readonly string[] {
  return capabilities.filter((name) => name.startsWith('AUTH=')).map((name) => name.slice('AUTH='.length));
}

function noStartTls(capabilities: readonly string[], reader: LineReader): Failure {
  const list = shownCapabilities(capabilities, reader.sanitize).join(' ') || 'nothing';
  return {
    kind: 'protocol',
    code: 'starttls-not-offered',
    text: `The server does not offer STARTTLS, and no token is sent in plain text. It offers: ${list}.`,
  };
}
