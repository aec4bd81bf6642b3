/** What the two ways of asking a proxy for a tunnel have in common: its target, and what they are told. */
import type { Redactor } from '../../model/redactor.ts';

export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** Percent-decoded. Revealed only in the proxy's own exchange. */
export interface ProxyCredentials {
  readonly user: string;
  readonly password: string;
}

export interface TunnelOptions {
  /** The proxy's URL without credentials, for texts. */
  readonly name: string;
  readonly credentials?: ProxyCredentials;
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
}
