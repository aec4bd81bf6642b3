/**
 * How operating systems, TLS libraries and languages say that a connection failed, for pasted text: `transcript/
 * connections.ts` searches for them. The probe's own failures carry the same codes already. All words are lower case;
 * a statement that holds one of them is evidence. Of two entries that fit, the earlier one says more.
 */
import { CERTIFICATE_MESSAGES } from './certificate-messages.ts';
import { DNS_MESSAGES } from './dns-messages.ts';
import type { SystemMessages } from './failure-messages.ts';
import { HANDSHAKE_MESSAGES } from './handshake-messages.ts';
import { PROXY_MESSAGES } from './proxy-messages.ts';
import { ROUTE_MESSAGES } from './route-messages.ts';

export type { SystemMessages } from './failure-messages.ts';

export const SYSTEM_MESSAGES: readonly SystemMessages[] = [
  ...DNS_MESSAGES,
  ...PROXY_MESSAGES,
  ...CERTIFICATE_MESSAGES,
  ...HANDSHAKE_MESSAGES,
  ...ROUTE_MESSAGES,
];
