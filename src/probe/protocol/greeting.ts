/**
 * What a greeting tells of the server behind it. Exchange Online appends the name of its front end in brackets,
 * UTF-16LE in base64, which names the data centre and the cloud.
 */
import type { StageFacts } from '../../model/evidence.ts';
import { factsOf, PROTOCOL_IDS } from '../../model/protocol.ts';
import type { Words } from './server-text.ts';

/** Never matched exactly: the words around these have changed over the years. */
const EXCHANGE = /Microsoft Exchange /i;
const BRACKETED = /\[([A-Za-z0-9+/]{8,}={0,2})\]/;
const HOST_NAME = /^[\w.-]{1,253}$/;

/** `line`: the whole greeting as it came off the wire. */
export function greetingFacts(line: string, words: Words): StageFacts['greeting'] {
  const bracketed = BRACKETED.exec(line)?.[1];
  const name = bracketed === undefined ? '' : Buffer.from(bracketed, 'base64').toString('utf16le');
  // What is no host name is noise, or an echo of something that we sent.
  const isName = HOST_NAME.test(name) && words(name) === name;
  return {
    text: words(line),
    exchange: isExchange(line),
    ...(isName ? { serverName: name } : {}),
  };
}

/** One expression would read the rest of the line again for each `Microsoft Exchange` in it. */
function isExchange(line: string): boolean {
  const at = line.search(EXCHANGE);
  const rest = at === -1 ? '' : line.slice(at).toUpperCase();
  return PROTOCOL_IDS.some((protocol) => rest.includes(factsOf(protocol).exchangeService));
}
