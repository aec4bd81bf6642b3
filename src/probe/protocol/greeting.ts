/**
 * Reads what a greeting shows about the server. Exchange Online appends the name of its front end in brackets, as
 * UTF-16LE in base64. The name shows the data center and the cloud.
 */
import type { StageFacts } from '../../model/evidence.ts';
import { factsOf, PROTOCOL_IDS } from '../../model/protocol.ts';
import type { Sanitize } from './server-text.ts';

/** Matches only a part of the greeting, because the text around it has changed over the years. */
const EXCHANGE = /Microsoft Exchange /i;
const BRACKETED = /\[([A-Za-z0-9+/]{8,}={0,2})\]/;
const HOST_NAME = /^[\w.-]{1,253}$/;

/** `line`: the whole greeting as it was received. */
export function greetingFacts(line: string, sanitize: Sanitize): StageFacts['greeting'] {
  const bracketed = BRACKETED.exec(line)?.[1];
  const name = bracketed === undefined ? '' : Buffer.from(bracketed, 'base64').toString('utf16le');
  // Any other text in the brackets is an echo of data that we sent, or has no meaning.
  const isName = HOST_NAME.test(name) && sanitize(name) === name;
  return {
    text: sanitize(line),
    exchange: isExchange(line),
    ...(isName ? { serverName: name } : {}),
  };
}

/**
 * True for a greeting of Exchange's IMAP or POP3 service. Searches in two steps. A single expression would search the
 * rest of the line again at each `Microsoft Exchange` in it.
 */
function isExchange(line: string): boolean {
  const at = line.search(EXCHANGE);
  const rest = at === -1 ? '' : line.slice(at).toUpperCase();
  return PROTOCOL_IDS.some((protocol) => rest.includes(factsOf(protocol).exchangeService));
}
