/** Types that the two kinds of proxy tunnel share. */
import type { Redactor } from '../../model/redactor.ts';

export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** User and password, percent-decoded. They are sent only to the proxy. */
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
