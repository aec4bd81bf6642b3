/**
 * Do the other addresses of a mail host accept a connection? A probe connects to one address only (decision 0004). If
 * that fails, the others show whether one address, all of IPv6, or the whole host is down. Opens TCP without TLS and
 * login. Called by the engine after the probe.
 */
import { isIPv6, Socket } from 'node:net';
import { stageOf, type AddressTried, type Evidence } from '../model/evidence.ts';
import type { FailureKind } from '../model/failure.ts';
import type { Target } from '../model/target.ts';
import { createDeadline } from './deadline.ts';
import { ignoreLateError } from './network/secure.ts';
import { waitForEvent } from './network/wait-on.ts';

/** Of the IPv4 addresses and of the IPv6 addresses, at most this many are tried. */
const MOST_OF_A_FAMILY = 2;
/** One answer serves all probes within this time, because a whole fleet may lose a host at once. */
const FRESH_MS = 10_000;
const TIMEOUT_MS = 5_000;
const MOST_KNOWN = 500;

const NOT_CONNECTED: ReadonlySet<FailureKind | undefined> = new Set([
  'refused',
  'unreachable',
  'timeout',
  'reset',
]);

/** Returns the evidence with the results, or unchanged if there is nothing to try. Never rejects. */
export type TryOtherAddresses = (evidence: Evidence, target: Target) => Promise<Evidence>;

/** `timeoutMs`: an address that is silent for this long does not accept connections. */
export function createOtherAddresses(timeoutMs = TIMEOUT_MS): TryOtherAddresses {
  const answers = new Map<string, { readonly at: number; readonly accepts: Promise<boolean> }>();

  const isAccepting = async (address: string, port: number, waitMs: number): Promise<boolean> => {
    const key = `${address} ${port}`;
    const now = Date.now();
    const last = answers.get(key);
    if (last !== undefined && Math.abs(now - last.at) < FRESH_MS) return await last.accepts;
    if (answers.size >= MOST_KNOWN) answers.clear();
    const accepts = connects(address, port, waitMs);
    answers.set(key, { at: now, accepts });
    return await accepts;
  };

  return async (evidence, target) => {
    const addresses = addressesToTry(evidence);
    if (addresses.length === 0) return evidence;
    const waitMs = Math.min(timeoutMs, target.timeoutMs);
    const others: readonly AddressTried[] = await Promise.all(
      addresses.map(async (address) => ({
        address,
        accepts: await isAccepting(address, target.endpoint.port, waitMs),
      })),
    );
    return {
      ...evidence,
      stages: evidence.stages.map((stage) =>
        stage.stage === 'connect' ? { ...stage, facts: { ...stage.facts, others } } : stage,
      ),
    };
  };
}

/**
 * Empty if the probe connected. Also empty if it used a proxy, because the known addresses are then those of the proxy.
 */
function addressesToTry(evidence: Evidence): readonly string[] {
  const connect = stageOf(evidence, 'connect');
  const { address, proxy } = connect?.facts ?? {};
  if (address === undefined || proxy !== undefined || !NOT_CONNECTED.has(connect?.failure?.kind)) return [];
  const { addresses = [] } = stageOf(evidence, 'dns')?.facts ?? {};
  const others = [...new Set(addresses)].filter((other) => other !== address);
  const [six, four] = [others.filter(isIPv6), others.filter((other) => !isIPv6(other))];
  return [...four.slice(0, MOST_OF_A_FAMILY), ...six.slice(0, MOST_OF_A_FAMILY)];
}

async function connects(host: string, port: number, waitMs: number): Promise<boolean> {
  const deadline = createDeadline(waitMs, new AbortController().signal);
  const socket = new Socket().on('error', ignoreLateError);
  try {
    socket.connect({ host, port });
    await waitForEvent(socket, 'connect', { signal: deadline.signal, waitedFor: 'the connection' });
    return true;
  } catch {
    return false;
  } finally {
    deadline.cancel();
    socket.destroy();
  }
}
