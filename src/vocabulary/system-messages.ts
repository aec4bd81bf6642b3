/**
 * Messages of operating systems, TLS libraries and languages about failed connections, in lower case.
 * `transcript/connections.ts` searches pasted text for them. If several entries match, the earlier in this list counts
 * as more specific.
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
