/**
 * Finds the addresses of a host, as the first step of dialing. The system's resolver answers and decides the order. An
 * IP address needs no lookup. `dial` chooses the address to use.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { StageOf } from '../../model/evidence.ts';
import type { Redactor } from '../../model/redactor.ts';
import { cleanText } from '../../model/text.ts';
import { beginStage } from '../stage.ts';
import { failureOf, failureOfAbort } from './system-failure.ts';
import { StageFailure } from '../stage-failure.ts';
import { whenAborted } from '../when-aborted.ts';

/** Returns all addresses of a name, the first choice first. */
export type Lookup = (host: string) => Promise<readonly string[]>;

const systemLookup = shareLookup(async (host) => {
  const found = await lookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
});

export interface ResolveRequest {
  readonly host: string;
  /** The name of the host in texts: `host`, or `proxy http://proxy.example:3128`. */
  readonly role: string;
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
}

export interface Resolved {
  readonly stage: StageOf<'dns'>;
  /** Absent if the stage failed. */
  readonly addresses?: readonly [string, ...string[]];
}

/** Never rejects. A resolver cannot be interrupted, so its answer is ignored after the signal has aborted. */
export async function resolveHost(request: ResolveRequest, ask: Lookup = systemLookup): Promise<Resolved> {
  const { host, role, signal, redactor } = request;
  const stage = beginStage('dns');
  if (isIP(host) !== 0) return { stage: stage.ok({ host, addresses: [host] }), addresses: [host] };
  try {
    const [first, ...others] = await orAborted(ask(host), signal, `the resolver's answer for ${host}`);
    if (first === undefined) {
      throw new StageFailure({ kind: 'dns', text: cleanText(`The ${role} has no address: ${host}`) });
    }
    const addresses = [first, ...others] as const;
    return { stage: stage.ok({ host, addresses }), addresses };
  } catch (error) {
    const failure = failureOf(error, `Resolving the name of the ${role}, ${host}`, redactor);
    return { stage: stage.failed(failure, { host }) };
  }
}

/**
 * Returns the host as it is dialed and as certificates name it. IPv6 has no brackets, and international names are in
 * ASCII.
 */
export function plainHost(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  return isIP(bare) === 0 ? domainToASCII(bare) || bare : bare;
}

/**
 * All callers that ask for the same name share one lookup. A lookup occupies a thread of the pool that also reads
 * files. With one lookup per probe, a resolver that hangs would block the whole pool.
 */
export function shareLookup(lookup: Lookup): Lookup {
  const underWay = new Map<string, Promise<readonly string[]>>();
  return async (host) => {
    const answer = underWay.get(host) ?? lookup(host).finally(() => underWay.delete(host));
    underWay.set(host, answer);
    return await answer;
  };
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal, waitedFor: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new StageFailure(failureOfAbort(signal, waitedFor)));
    const ignoreAbort = whenAborted(signal, onAbort);
    if (signal.aborted) onAbort();
    promise.then(ignoreAbort, ignoreAbort);
    promise.then(resolve, reject);
  });
}
