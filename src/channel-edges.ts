/**
 * Gives the notification channels of `notify/` what they need: sockets, secrets, and tokens of apps for SMTP. The
 * sockets use the same proxy and trusted certificates as the probes. Used by the daemon and by `notify test`.
 */
import type { Config } from './config/config.ts';
import type { Surroundings } from './config/surroundings.ts';
import type { Redactor } from './model/redactor.ts';
import type { NetworkOptions } from './model/target.ts';
import type { ChannelEdges } from './notify/channel.ts';
import { dial } from './probe/network/dial.ts';
import { secureContextFor } from './probe/network/trust.ts';
import type { TokenSource } from './probe/token/token-source.ts';
import { createReaders } from './readers.ts';

export interface ChannelSurroundings extends Surroundings {
  readonly redactor: Redactor;
  /** The proxy and trust settings that apply to the whole configuration. */
  readonly network: () => NetworkOptions;
  readonly apps: () => Config['apps'];
  readonly tokens: Pick<TokenSource, 'acquire'>;
}

export function createChannelEdges({
  redactor,
  network,
  apps,
  tokens,
  ...surroundings
}: ChannelSurroundings): ChannelEdges {
  return {
    redactor,
    now: () => Date.now(),
    readSecret: createReaders(surroundings).readSecret,
    secureContext: () => secureContextFor(network().ca),
    dial: async (to) => {
      const { socket, dns, connect, tls } = await dial({ ...to, network: network(), redactor });
      if (socket !== undefined) return { ok: true, socket };
      const failed = [dns, connect, tls].find(({ outcome }) => outcome === 'failed');
      return { ok: false, reason: failed?.failure?.text ?? `cannot reach ${to.host}:${to.port}` };
    },
    acquireToken: async (id, signal) => {
      const app = apps().find((one) => one.id === id);
      if (app === undefined) throw new Error('there is no such app');
      const outcome = await tokens.acquire(app, app.scope, signal);
      if (!outcome.ok) throw new Error(outcome.failure.text);
      return outcome.token;
    },
  };
}
