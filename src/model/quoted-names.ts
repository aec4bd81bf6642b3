/** The names that a pasted text quotes: the transcript finds them, titles and commands of the diagnosis take them. */
import type { Cloud } from './microsoft365.ts';
import type { Protocol } from './protocol.ts';

export interface QuotedNames {
  readonly address?: string;
  readonly clientId?: string;
  readonly tenant?: string;
  readonly host?: string;
  readonly port?: number;
  /** Where the token leg failed, or what stood in its way. */
  readonly tokenHost?: { readonly host: string; readonly port?: number };
  readonly resource?: string;
  /** By the hosts that it names. */
  readonly cloud?: Cloud;
  /** Over which the app is used, where that is not the mailbox's to say. */
  readonly protocols?: readonly Protocol[];
}
