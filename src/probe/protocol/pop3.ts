/**
 * The dialogue of a probe in POP3 (RFC 1939): CAPA, AUTH XOAUTH2, the SASL response on a line of its own, STAT, QUIT.
 * Never sends a command that reads or deletes a message.
 */
import type { StageFacts } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import type { Adapter, Step } from './conversation.ts';
import { shownCapabilities } from './capabilities.ts';
import { greetingFacts } from './greeting.ts';
import { Pop3Session } from './pop3-session.ts';
import { notOfTheProtocol } from './refusal.ts';
import type { LineReader } from './line-reader.ts';
import { initialResponse, MECHANISM, notOffered, readChallenge } from './xoauth2.ts';
import { StageFailure, carriedFailure } from '../stage-failure.ts';

/** More error challenges than this in one login violate the protocol. */
const MOST_CHALLENGES = 3;

export const pop3: Adapter = (plainReader) => {
  let reader = plainReader;
  let session = new Pop3Session(reader, false);
  return {
    greet: async () => {
      const failure = await session.connect().then(() => undefined, carriedFailure);
      const facts = session.greeting === '' ? {} : greetingFacts(session.greeting, reader.sanitize);
      return failure === undefined ? { facts } : { facts, failure };
    },
    startTls: async () => {
      const capabilities = await session.capabilities();
      if (!capabilities.some((line) => line.toUpperCase() === 'STLS')) {
        throw new StageFailure(noStartTls(shownCapabilities(capabilities, reader.sanitize)));
      }
      await session.ask('STLS');
    },
    secured: (securedReader) => {
      reader = securedReader;
      session = new Pop3Session(reader, true);
    },
    authenticate: async (address, token) => {
      const response = initialResponse(address, token);
      const capabilities = await capabilitiesOf(session);
      const facts: StageFacts['auth'] = {
        mechanism: MECHANISM,
        ...(capabilities === undefined
          ? {}
          : { capabilities: shownCapabilities(capabilities, reader.sanitize) }),
      };
      const offered = capabilities === undefined ? [MECHANISM] : mechanismsIn(capabilities);
      if (!offered.includes(MECHANISM))
        return { facts, failure: notOffered(shownCapabilities(offered, reader.sanitize)) };
      return await logIn(session, reader, response, facts);
    },
    open: async () => {
      const text = await session.STAT();
      // RFC 1939 section 5: the number of messages, a space, their size.
      const messages = /^(\d{1,10}) \d+/.exec(text)?.[1];
      const facts = { command: 'STAT' } as const;
      return messages === undefined
        ? { facts, failure: notOfTheProtocol(`+OK ${text}`, 'the number of messages', reader.sanitize) }
        : { facts: { ...facts, messages: Number(messages) } };
    },
    logout: async () => ({ facts: { text: reader.sanitize(await session.QUIT()) } }),
  };
};

/** Sends AUTH and the SASL response on two lines. If both are on one line, Exchange answers with a protocol error. */
async function logIn(
  session: Pop3Session,
  reader: LineReader,
  response: string,
  known: StageFacts['auth'],
): Promise<Step<'auth'>> {
  let challenge: StageFacts['auth']['challenge'];
  const facts = (): StageFacts['auth'] => (challenge === undefined ? known : { ...known, challenge });
  try {
    const prompt = await session.ask(`AUTH ${MECHANISM}`);
    if (!session.continues)
      throw new StageFailure(notOfTheProtocol(`+OK ${prompt}`, 'a "+"', reader.sanitize));
    let text = await session.ask(response, 'the answer to the SASL response');
    for (let count = 0; session.continues; count += 1) {
      challenge = readChallenge(text, reader.sanitize) ?? challenge;
      if (count === MOST_CHALLENGES) {
        throw new StageFailure(notOfTheProtocol(`+ ${text}`, 'the end of the login', reader.sanitize));
      }
      // A continuation at this point is the error challenge. The client answers it with an empty line, and the server
      // then sends its -ERR.
      text = await session.ask('', 'the end of the login');
    }
    return { facts: { ...facts(), text: reader.sanitize(text) } };
  } catch (error) {
    const failure = carriedFailure(error);
    return {
      facts: { ...facts(), ...(failure.status === undefined ? {} : { text: failure.text }) },
      failure,
    };
  }
}

/** Undefined if the server refuses CAPA. The login is then tried without the list. */
async function capabilitiesOf(session: Pop3Session): Promise<readonly string[] | undefined> {
  try {
    return await session.capabilities();
  } catch (error) {
    if (carriedFailure(error).kind === 'rejected') return undefined;
    throw error;
  }
}

/** Returns the mechanisms in a line such as `SASL PLAIN XOAUTH2` (RFC 5034 section 3). */
function mechanismsIn(capabilities: readonly string[]): readonly string[] {
  return capabilities.flatMap((line) => {
    const [name, ...mechanisms] = line.toUpperCase().split(' ');
    return name === 'SASL' ? mechanisms : [];
  });
}

function noStartTls(offered: readonly string[]): Failure {
  return {
    kind: 'protocol',
    code: 'starttls-not-offered',
    text: `The server does not offer STLS, and no token is sent in plain text. It offers: ${offered.join(', ') || 'nothing'}.`,
  };
}
