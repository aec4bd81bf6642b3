/**
 * The token cache: one token for each app, scope and configuration, shared by all mailboxes of the app. Probes and
 * credential checks get their tokens from it. The engine makes the only cache and closes it. app-token.ts holds the
 * rules for one token, and token-requests.ts sends the requests.
 */
import type { App } from '../../model/target.ts';
import { sendHttpsRequest } from '../network/https-request.ts';
import { failureOfAbort } from '../network/system-failure.ts';
import { appIdentity } from './app-identity.ts';
import { type AppToken, createAppToken } from './app-token.ts';
import type { TokenCounters } from './token-counters.ts';
import type { TokenCollaborators } from './token-request.ts';
import { createTokenRequests } from './token-requests.ts';
import type { TokenCache, TokenOutcome } from './token-source.ts';
import { untilAborted } from './until-aborted.ts';

interface Entry {
  readonly app: App;
  readonly identity: string;
  readonly scope: string;
  readonly token: AppToken;
}

/** Only tests pass `send`. */
export interface TokenCacheEdges extends Omit<TokenCollaborators, 'send'> {
  readonly send?: TokenCollaborators['send'];
  /** Called with every answer from the network, for every caller. */
  readonly onAnswer?: (app: App, scope: string, outcome: TokenOutcome) => void;
}

export function createTokenCache({ onAnswer, ...collaborators }: TokenCacheEdges): TokenCache {
  const requests = createTokenRequests({ send: sendHttpsRequest, ...collaborators });
  const entries = new Map<string, Entry>();
  /**
   * For each app id, the counters of the previous process. They are kept until the app's first request for the mail
   * scope.
   */
  const remembered = new Map<string, TokenCounters>();
  let retained: ReadonlySet<string> | undefined;
  let closed = false;

  const keyOf = (app: App, scope: string): string => `${appIdentity(app)} ${scope}`;

  const tokenOf = (app: App, scope: string): AppToken => {
    const identity = appIdentity(app);
    const key = keyOf(app, scope);
    const entry = entries.get(key);
    if (entry !== undefined) return entry.token;
    const token = createAppToken(
      app.id,
      `${app.id} ${scope}`,
      () => requests.fetch(app, scope),
      (outcome) => onAnswer?.(app, scope, outcome),
      scope === app.scope ? remembered.get(app.id) : undefined,
    );
    if (scope === app.scope) remembered.delete(app.id);
    entries.set(key, { app, identity, scope, token });
    return token;
  };

  const answer = async (
    ask: (token: AppToken) => TokenOutcome | Promise<TokenOutcome>,
    app: App,
    scope: string,
    signal: AbortSignal,
  ): Promise<TokenOutcome> => {
    const facts = { endpoint: requests.endpointOf(app) };
    if (closed) return { ok: false, failure: { kind: 'aborted', text: 'The token cache is closed.' }, facts };
    if (signal.aborted) return { ok: false, failure: failureOfAbort(signal, 'the token endpoint'), facts };
    const asked = ask(tokenOf(app, scope));
    const outcome = asked instanceof Promise ? await untilAborted(asked, signal) : asked;
    return outcome ?? { ok: false, failure: failureOfAbort(signal, 'the token endpoint'), facts };
  };

  return {
    acquire: (app, scope, signal) => answer((token) => token.acquire(), app, scope, signal),
    refresh: (app, scope, signal, since) => answer((token) => token.refresh(since), app, scope, signal),
    states: () =>
      [...entries.values()]
        .filter(({ app, scope }) => scope === app.scope)
        // A probe that began before a reload may still request a token for the old app.
        .filter(({ identity }) => retained?.has(identity) ?? true)
        .map(({ token }) => token.state()),
    stateOf: (app) => entries.get(keyOf(app, app.scope))?.token.state(),
    restore: (states) => {
      for (const state of states) {
        const begun = [...entries.values()].find(
          ({ app, scope }) => app.id === state.app && scope === app.scope,
        );
        if (begun === undefined) remembered.set(state.app, state);
        else begun.token.restore(state);
      }
    },
    retain: (apps) => {
      const kept = new Set(apps.map(appIdentity));
      retained = kept;
      for (const [key, { identity }] of entries) if (!kept.has(identity)) entries.delete(key);
      requests.retain(apps);
    },
    close: () => {
      closed = true;
      entries.clear();
      requests.close();
    },
  };
}
