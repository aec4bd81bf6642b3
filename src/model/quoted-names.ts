/** The names that a pasted text mentions. `transcript/` finds them. Titles and commands of a diagnosis contain them. */
import type { Cloud } from './microsoft365.ts';
import type { Protocol } from './protocol.ts';

export interface QuotedNames {
  readonly address?: string;
  readonly clientId?: string;
  readonly tenant?: string;
  readonly host?: string;
  readonly port?: number;
  /** The host to which the token request failed. */
  readonly tokenHost?: { readonly host: string; readonly port?: number };
  readonly resource?: string;
  /** Derived from the hosts that the text names. */
  readonly cloud?: Cloud;
  /** The protocols over which the app is used. If absent, the protocol of the mailbox counts. */
  readonly protocols?: readonly Protocol[];
}
