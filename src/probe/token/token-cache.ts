/**
 * The token cache: one token for each app, scope and configuration, shared by all mailboxes of the app. Probes and
 * credential checks get their tokens from it. The engine makes the only cache and closes it. token-entries.ts holds the
 * tokens, and token-requests.ts sends the requests.
 */
import type { App } from '../../model/target.ts';
import { sendHttpsRequest } from '../network/https-request.ts';
import { failureOfAbort } from '../network/system-failure.ts';
import type { AppToken } from './app-token.ts';
import { createTokenEntries } from './token-entries.ts';
import type { TokenCollaborators } from './token-request.ts';
import { createTokenRequests } from './token-requests.ts';
import type { TokenCache, TokenOutcome } from './token-source.ts';
import { untilAborted } from './until-aborted.ts';

/** Only tests pass `send`. */
export interface TokenCacheEdges extends Omit<TokenCollaborators, 'send'> {
  readonly send?: TokenCollaborators['send'];
  /** Called with every answer from the network, whoever sent the request. */
  readonly onAnswer?: (app: App, scope: string, outcome: TokenOutcome) => void;
}

export function createTokenCache({
  onAnswer = () => undefined,
  ...collaborators
}: TokenCacheEdges): TokenCache {
  const requests = createTokenRequests({ send: sendHttpsRequest, ...collaborators });
  const entries = createTokenEntries({ fetch: requests.fetch, onAnswer });
  let closed = false;

  const answer = async (
    ask: (token: AppToken) => TokenOutcome | Promise<TokenOutcome>,
    app: App,
    scope: string,
    signal: AbortSignal,
  ): Promise<TokenOutcome> => {
    const facts = { endpoint: requests.endpointOf(app) };
    if (closed) return { ok: false, failure: { kind: 'aborted', text: 'The token cache is closed.' }, facts };
    if (signal.aborted) return { ok: false, failure: failureOfAbort(signal, 'the token endpoint'), facts };
    const asked = ask(entries.tokenOf(app, scope));
    const outcome = asked instanceof Promise ? await untilAborted(asked, signal) : asked;
    return outcome ?? { ok: false, failure: failureOfAbort(signal, 'the token endpoint'), facts };
  };

  return {
    acquire: (app, scope, signal) => answer((token) => token.acquire(), app, scope, signal),
    refresh: (app, scope, signal, since) => answer((token) => token.refresh(since), app, scope, signal),
    states: entries.states,
    stateOf: entries.stateOf,
    restore: entries.restore,
    retain: (apps) => {
      entries.retain(apps);
      requests.retain(apps);
    },
    close: () => {
      closed = true;
      entries.clear();
      requests.close();
    },
  };
}
