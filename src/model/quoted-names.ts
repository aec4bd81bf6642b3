/** The names that a pasted text mentions. `transcript/` finds them, and titles and commands of a diagnosis use them. */
import type { Cloud } from './microsoft365.ts';
import type { Protocol } from './protocol.ts';

export interface QuotedNames {
  readonly address?: string;
  readonly clientId?: string;
  readonly tenant?: string;
  readonly host?: string;
  readonly port?: number;
  /** The host at which the token leg failed. */
  readonly tokenHost?: { readonly host: string; readonly port?: number };
  readonly resource?: string;
  /** Derived from the hosts that the text names. */
  readonly cloud?: Cloud;
  /** The protocols over which the app is used. If absent, those of the mailbox count. */
  readonly protocols?: readonly Protocol[];
}
