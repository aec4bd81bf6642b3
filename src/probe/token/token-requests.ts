/**
 * Sends the token requests and keeps those in flight. Each request uses the app's provider, and ends by its deadline or
 * when the cache closes. Called by the cache, which decides when to send a request.
 */
import { isCausedByStandstill, STANDSTILL } from '../../model/starved.ts';
import type { App } from '../../model/target.ts';
import { createLagMeter } from '../lag-meter.ts';
import { stopwatch } from '../stage.ts';
import type { TokenProvider } from './token-provider.ts';
import { createTokenProviders } from './token-providers.ts';
import type { TokenReply } from './token-reply.ts';
import type { TokenCollaborators } from './token-request.ts';

/**
 * A token request is allowed this share of the app's timeout. So the request ends before the probes that wait for it,
 * and these probes get the failure of the request.
 */
const REQUEST_SHARE = 0.9;

export interface TokenRequests extends Pick<TokenProvider, 'endpointOf' | 'retain'> {
  /** Never rejects. */
  readonly fetch: (app: App, scope: string) => Promise<TokenReply>;
  readonly close: () => void;
}

export function createTokenRequests(collaborators: TokenCollaborators): TokenRequests {
  const providers = createTokenProviders(collaborators);
  const inFlight = new Set<AbortController>();
  const lag = createLagMeter();

  const retain = (apps: readonly App[]): void => {
    for (const provider of Object.values(providers)) provider.retain(apps);
  };

  return {
    endpointOf: (app) => providers[app.provider].endpointOf(app),
    fetch: async (app, scope) => {
      const request = new AbortController();
      const took = stopwatch();
      const endLag = lag.begin();
      inFlight.add(request);
      const timer = setTimeout(
        () => request.abort(new DOMException('The token request took too long.', 'TimeoutError')),
        app.timeoutMs * REQUEST_SHARE,
      );
      try {
        const reply = await providers[app.provider].fetch(app, scope, request.signal);
        const standstillMs = endLag();
        if (reply.ok || !isCausedByStandstill(reply.failure, { seconds: took(), standstillMs })) return reply;
        return { ...reply, failure: { ...reply.failure, code: STANDSTILL } };
      } catch (error) {
        const text = `A bug in mailprobe ended the token request (${error instanceof Error ? error.name : typeof error}).`;
        return { ok: false, requests: 0, facts: {}, failure: { kind: 'unexpected', text } };
      } finally {
        clearTimeout(timer);
        endLag();
        inFlight.delete(request);
      }
    },
    retain,
    close: () => {
      retain([]);
      for (const request of inFlight) request.abort(new DOMException('mailprobe stops.', 'AbortError'));
    },
  };
}
