/** The adapter of each mail protocol. */
import type { Protocol } from '../../model/protocol.ts';
import type { Adapter } from './conversation.ts';
import { imap } from './imap.ts';
import { pop3 } from './pop3.ts';

export const adapters: Readonly<Record<Protocol, Adapter>> = { imap, pop3 };
