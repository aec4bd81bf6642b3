/**
 * Which tokens do the apps have? One app token per app, scope and configuration, shared by all mailboxes of the
 * app. The daemon owns the one cache and closes it; the looks and the credential checks ask it.
 * What a token's life is like is in app-token.ts, who is asked for it in token-providers.ts.
 */
import type { App } from '../../model/target.ts';
import { sendHttpsRequest } from '../network/https-request.ts';
import { failureOfAbort } from '../network/system-failure.ts';
import { appIdentity } from './app-identity.ts';
import { type AppToken, createAppToken } from './app-token.ts';
import { createTokenProviders } from './token-providers.ts';
import type { TokenReply } from './token-reply.ts';
import type { TokenCollaborators } from './token-request.ts';
import type { TokenCache, TokenOutcome } from './token-source.ts';
import { untilAborted } from './until-aborted.ts';

/** A request ends before the looks that wait for it, so that they learn at which stage it was stuck. */
const REQUEST_SHARE = 0.9;

interface Entry {
  readonly app: App;
  readonly identity: string;
  readonly scope: string;
  readonly token: AppToken;
}

/** `send` is for tests; everybody else takes the real one. */
export interface TokenCacheEdges extends Omit<TokenCollaborators, 'send'> {
  readonly send?: TokenCollaborators['send'];
  /** Told of every answer that the network gave, whoever asked for it. */
  readonly onAnswer?: (app: App, scope: string, outcome: TokenOutcome) => void;
}

export function createTokenCache({ onAnswer, ...collaborators }: TokenCacheEdges): TokenCache {
  const providers = createTokenProviders({ send: sendHttpsRequest, ...collaborators });
  const entries = new Map<string, Entry>();
  const requests = new Set<AbortController>();
  let retained: ReadonlySet<string> | undefined;
  let closed = false;

  const keyOf = (app: App, scope: string): string => `${appIdentity(app)} ${scope}`;

  const fetch = async (app: App, scope: string): Promise<TokenReply> => {
    const request = new AbortController();
    requests.add(request);
    const timer = setTimeout(
      () => request.abort(new DOMException('The token request took too long.', 'TimeoutError')),
      app.timeoutMs * REQUEST_SHARE,
    );
    try {
      return await providers[app.provider].fetch(app, scope, request.signal);
    } catch (error) {
      const text = `The token request ended in a bug of ours (${error instanceof Error ? error.name : typeof error}).`;
      return { ok: false, requests: 0, facts: {}, failure: { kind: 'unexpected', text } };
    } finally {
      clearTimeout(timer);
      requests.delete(request);
    }
  };

  const tokenOf = (app: App, scope: string): AppToken => {
    const identity = appIdentity(app);
    const key = keyOf(app, scope);
    const entry = entries.get(key);
    if (entry !== undefined) return entry.token;
    const token = createAppToken(
      app.id,
      `${app.id} ${scope}`,
      () => fetch(app, scope),
      (outcome) => onAnswer?.(app, scope, outcome),
    );
    entries.set(key, { app, identity, scope, token });
    return token;
  };

  const answer = async (
    ask: (token: AppToken) => TokenOutcome | Promise<TokenOutcome>,
    app: App,
    scope: string,
    signal: AbortSignal,
  ): Promise<TokenOutcome> => {
    const facts = { endpoint: providers[app.provider].endpointOf(app) };
    if (closed) return { ok: false, failure: { kind: 'aborted', text: 'The token cache is closed.' }, facts };
    const outcome = signal.aborted
      ? undefined
      : await untilAborted(Promise.resolve(ask(tokenOf(app, scope))), signal);
    return outcome ?? { ok: false, failure: failureOfAbort(signal, 'the token endpoint'), facts };
  };

  return {
    acquire: (app, scope, signal) => answer((token) => token.acquire(), app, scope, signal),
    refresh: (app, scope, signal, since) => answer((token) => token.refresh(since), app, scope, signal),
    states: () =>
      [...entries.values()]
        .filter(({ app, scope }) => scope === app.scope)
        // A look that began before a reload may still ask for the app as it was.
        .filter(({ identity }) => retained?.has(identity) ?? true)
        .map(({ token }) => token.state()),
    stateOf: (app) => entries.get(keyOf(app, app.scope))?.token.state(),
    retain: (apps) => {
      const kept = new Set(apps.map(appIdentity));
      retained = kept;
      for (const [key, { identity }] of entries) if (!kept.has(identity)) entries.delete(key);
      for (const provider of Object.values(providers)) provider.retain(apps);
    },
    close: () => {
      closed = true;
      entries.clear();
      for (const provider of Object.values(providers)) provider.retain([]);
      for (const request of requests) request.abort(new DOMException('mailprobe stops.', 'AbortError'));
    },
  };
}
