/**
 * Dials a host: resolves its name, connects to one address and completes TLS, through a proxy if one is configured.
 * Used for probes, HTTPS requests, control connections and notifications. Makes a single attempt, because a retry would
 * hide that a host answers only every second connection.
 */
import { Socket } from 'node:net';
import type { StageOf } from '../../model/evidence.ts';
import type { Redactor } from '../../model/redactor.ts';
import { endpointName, type NetworkOptions } from '../../model/target.ts';
import { beginStage, skippedStage } from '../stage.ts';
import { firstHop, openTunnel, proxyFailure, type Hop } from './proxy.ts';
import { plainHost, resolveHost, type Lookup } from './resolve.ts';
import { ignoreLateError, secure } from './secure.ts';
import { prepareTrust } from './trust.ts';
import { failureOf } from './system-failure.ts';
import { waitForEvent } from './wait-on.ts';

export interface DialRequest {
  /** A name or an address. An IPv6 address may have brackets. */
  readonly host: string;
  readonly port: number;
  /** True: TLS begins at once. False: only TCP, because STARTTLS follows later. */
  readonly tls: boolean;
  readonly network: NetworkOptions;
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
  /** The system's resolver by default. */
  readonly lookup?: Lookup;
}

export interface Dial {
  readonly dns: StageOf<'dns'>;
  readonly connect: StageOf<'connect'>;
  readonly tls: StageOf<'tls'>;
  /** Present if every requested stage is ok. The caller must destroy it. */
  readonly socket?: Socket;
}

/** Never rejects. With a proxy, `dns` and `connect` are about the proxy, and `connect` includes the tunnel. */
export async function dial(request: DialRequest): Promise<Dial> {
  const { network, signal, redactor } = request;
  const target = { host: plainHost(request.host), port: request.port };
  const hop = network.proxy === undefined ? { ...target, role: 'host' } : firstHop(network.proxy);
  const skipped = { connect: skippedStage('connect'), tls: skippedStage('tls') };
  prepareTrust(network.ca);

  const { stage: dns, addresses } = await resolveHost({ ...hop, signal, redactor }, request.lookup);
  if (addresses === undefined) return { ...skipped, dns };

  const { stage: connect, socket } = await connectStage(hop, addresses[0], target, request);
  if (socket === undefined) return { ...skipped, dns, connect };
  if (!request.tls) return { ...skipped, dns, connect, socket };

  const secured = await secure(socket, { host: target.host, network, signal, redactor, mode: 'implicit' });
  const tls = secured.stage;
  return secured.socket === undefined ? { dns, connect, tls } : { dns, connect, tls, socket: secured.socket };
}

async function connectStage(
  hop: Hop,
  address: string,
  target: { readonly host: string; readonly port: number },
  { network, signal, redactor }: DialRequest,
): Promise<{ readonly stage: StageOf<'connect'>; readonly socket?: Socket }> {
  const stage = beginStage('connect');
  const facts = { address, port: hop.port, ...(hop.proxy === undefined ? {} : { proxy: hop.proxy.name }) };
  const peer = endpointName({ host: address, port: hop.port });
  const socket = new Socket().setNoDelay(true).on('error', ignoreLateError);
  let isReached = false;
  try {
    socket.connect({ host: address, port: hop.port });
    const waitedFor = `the ${hop.role} to accept the connection at ${peer}`;
    await waitForEvent(socket, 'connect', { signal, waitedFor });
    isReached = true;
    if (hop.proxy === undefined) return { stage: stage.ok(facts), socket };
    const tunnel = await openTunnel(socket, hop.proxy, target, { network, signal, redactor });
    return { stage: stage.ok(facts), socket: tunnel };
  } catch (error) {
    socket.destroy();
    const failure = failureOf(error, `Connecting to the ${hop.role} at ${peer}`, redactor);
    return {
      stage: stage.failed(hop.proxy === undefined ? failure : proxyFailure(failure, isReached), facts),
    };
  }
}
