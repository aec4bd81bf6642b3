/**
 * How operating systems, TLS libraries and languages say that a connection failed, for pasted text: `transcript/
 * connections.ts` searches for them. The probe's own failures carry the same codes already. All words are lower case;
 * a statement that holds one of them is evidence. Of two entries that fit, the earlier one says more.
 */
import { CERTIFICATE_WORDS } from './certificate-messages.ts';
import { DNS_WORDS } from './dns-messages.ts';
import type { SystemWords } from './failure-messages.ts';
import { HANDSHAKE_WORDS } from './handshake-messages.ts';
import { PROXY_WORDS } from './proxy-messages.ts';
import { ROUTE_WORDS } from './route-messages.ts';

export type { SystemWords } from './failure-messages.ts';

export const SYSTEM_WORDS: readonly SystemWords[] = [
  ...DNS_WORDS,
  ...PROXY_WORDS,
  ...CERTIFICATE_WORDS,
  ...HANDSHAKE_WORDS,
  ...ROUTE_WORDS,
];
