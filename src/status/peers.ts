/**
 * How do the others fare? Counts of last looks by app and protocol, by tenant and by mail endpoint, kept as looks
 * come in, so that the neighbours of one among ten thousand are known at no cost.
 */
import type { Peers } from '../model/context.ts';
import { endpointName, PROTOCOLS, type Protocol, type Target } from '../model/target.ts';

/** What one target adds to the counts. */
export interface Mark {
  readonly outcome: 'unknown' | 'succeeded' | 'failed';
  /** Of a failure; empty otherwise. */
  readonly signature: string;
  readonly everSucceeded: boolean;
}

export const NOT_LOOKED_AT: Mark = { outcome: 'unknown', signature: '', everSucceeded: false };

export interface PeerCounts {
  readonly add: (target: Target, mark: Mark) => void;
  readonly remove: (target: Target, mark: Mark) => void;
  /** Targets of that protocol and of the same app, without `own`: the mark of the same mailbox, if it has one. */
  readonly siblings: (target: Target, protocol: Protocol, signature: string, own: Mark | undefined) => Peers;
  readonly ofOtherAppsInTenant: (target: Target, signature: string) => Peers;
  readonly ofOtherAppsAtEndpoint: (target: Target, signature: string) => Peers;
}

type Counts = { -readonly [K in keyof Peers]: number };
interface Tally extends Omit<Counts, 'failedAlike'> {
  readonly bySignature: Map<string, number>;
}

const ofApp = (target: Target, protocol: Protocol): string => `app ${target.app.id} ${protocol}`;
const ofTenant = (target: Target): string => `tenant ${target.app.tenant.toLowerCase()}`;
const atEndpoint = (target: Target): string => `endpoint ${endpointName(target.endpoint)}`;
const ofAppAtEndpoint = (target: Target): string => `${target.app.id} ${atEndpoint(target)}`;

export function createPeerCounts(): PeerCounts {
  const tallies = new Map<string, Tally>();

  const change = (target: Target, mark: Mark, by: 1 | -1): void => {
    const { protocol } = target;
    const keys = [ofApp(target, protocol), ofTenant(target), atEndpoint(target), ofAppAtEndpoint(target)];
    for (const key of keys) {
      const tally = tallies.get(key) ?? emptyTally();
      count(tally, mark, by);
      if (tally.succeeded + tally.failed + tally.unknown === 0) tallies.delete(key);
      else tallies.set(key, tally);
    }
  };

  /** The counts under `key` without those under the other keys. */
  const peers = (signature: string, key: string, ...without: readonly string[]): Counts => {
    const peers = read(tallies.get(key), signature);
    for (const other of without) {
      const { succeeded, failed, unknown, everSucceeded, failedAlike } = read(tallies.get(other), signature);
      peers.succeeded -= succeeded;
      peers.failed -= failed;
      peers.unknown -= unknown;
      peers.everSucceeded -= everSucceeded;
      peers.failedAlike -= failedAlike;
    }
    return peers;
  };

  return {
    add: (target, mark) => change(target, mark, 1),
    remove: (target, mark) => change(target, mark, -1),
    siblings(target, protocol, signature, own) {
      const siblings = peers(signature, ofApp(target, protocol));
      if (own === undefined) return siblings;
      siblings[own.outcome] -= 1;
      if (own.everSucceeded) siblings.everSucceeded -= 1;
      if (own.outcome === 'failed' && own.signature === signature) siblings.failedAlike -= 1;
      return siblings;
    },
    ofOtherAppsInTenant: (target, signature) =>
      peers(signature, ofTenant(target), ...PROTOCOLS.map((protocol) => ofApp(target, protocol))),
    ofOtherAppsAtEndpoint: (target, signature) =>
      peers(signature, atEndpoint(target), ofAppAtEndpoint(target)),
  };
}

function emptyTally(): Tally {
  return { succeeded: 0, failed: 0, unknown: 0, everSucceeded: 0, bySignature: new Map() };
}

function count(tally: Tally, mark: Mark, by: 1 | -1): void {
  tally[mark.outcome] += by;
  if (mark.everSucceeded) tally.everSucceeded += by;
  if (mark.outcome !== 'failed') return;
  const alike = (tally.bySignature.get(mark.signature) ?? 0) + by;
  if (alike === 0) tally.bySignature.delete(mark.signature);
  else tally.bySignature.set(mark.signature, alike);
}

function read(tally: Tally | undefined, signature: string): Counts {
  if (tally === undefined) return { succeeded: 0, failed: 0, unknown: 0, everSucceeded: 0, failedAlike: 0 };
  const { succeeded, failed, unknown, everSucceeded, bySignature } = tally;
  return { succeeded, failed, unknown, everSucceeded, failedAlike: bySignature.get(signature) ?? 0 };
}
