/**
 * If the probe could not connect to one address of the mail host, decides whether other addresses of the host show
 * where the fault is.
 */
import { stageOf } from '../model/evidence.ts';
import type { CaseFacts } from './case-facts.ts';

export interface OtherAddresses {
  /**
   * `ipv4-works`: the probe tried an IPv6 address, and only IPv4 addresses accept a connection, so IPv6 is broken.
   * `one-address`: another address accepts a connection, so only the tried address is at fault.
   */
  readonly shows: 'ipv4-works' | 'one-address';
  readonly because: readonly string[];
}

/** Returns undefined if no other address was tried or none accepts a connection. */
export function otherAddresses({ evidence }: Pick<CaseFacts, 'evidence'>): OtherAddresses | undefined {
  const { address, others = [] } = stageOf(evidence, 'connect')?.facts ?? {};
  const accepting = others.filter(({ accepts }) => accepts).map((other) => other.address);
  if (address === undefined || accepting.length === 0) return undefined;
  const isOverIpv4 = isIpv6Address(address) && !accepting.some(isIpv6Address);
  return {
    shows: isOverIpv4 ? 'ipv4-works' : 'one-address',
    because: [
      `${address} cannot be connected to; ${accepting.join(', ')} of the same host accepts a connection.`,
    ],
  };
}

export function isIpv6Address(address: string): boolean {
  return address.includes(':');
}
