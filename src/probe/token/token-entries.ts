/**
 * The tokens of all apps, one for each app, scope and configuration, with the counters of the previous process. Used by
 * token-cache.ts. app-token.ts holds the rules for one token.
 */
import type { AppTokenState } from '../../model/status.ts';
import type { App } from '../../model/target.ts';
import { appIdentity } from './app-identity.ts';
import { type AppToken, createAppToken } from './app-token.ts';
import type { TokenCounters } from './token-counters.ts';
import type { TokenReply } from './token-reply.ts';
import type { TokenCache, TokenOutcome } from './token-source.ts';

export interface TokenEntries extends Pick<TokenCache, 'states' | 'stateOf' | 'restore' | 'retain'> {
  /** Returns the token of the app for the scope. Creates it at the first call. */
  readonly tokenOf: (app: App, scope: string) => AppToken;
  readonly clear: () => void;
}

export interface TokenEdges {
  /** Sends one request. Never rejects. */
  readonly fetch: (app: App, scope: string) => Promise<TokenReply>;
  readonly onAnswer: (app: App, scope: string, outcome: TokenOutcome) => void;
}

interface Entry {
  readonly app: App;
  readonly identity: string;
  readonly scope: string;
  readonly token: AppToken;
}

export function createTokenEntries({ fetch, onAnswer }: TokenEdges): TokenEntries {
  const entries = new Map<string, Entry>();
  /**
   * For each app id, the counters of the previous process. They are kept until the app's first request for the mail
   * scope.
   */
  const remembered = new Map<string, TokenCounters>();
  let retained: ReadonlySet<string> | undefined;

  const create = (app: App, scope: string): AppToken => {
    const token = createAppToken(
      app.id,
      `${app.id} ${scope}`,
      () => fetch(app, scope),
      (outcome) => onAnswer(app, scope, outcome),
      isForMail({ app, scope }) ? remembered.get(app.id) : undefined,
    );
    if (isForMail({ app, scope })) remembered.delete(app.id);
    entries.set(keyOf(app, scope), { app, identity: appIdentity(app), scope, token });
    return token;
  };

  return {
    tokenOf: (app, scope) => entries.get(keyOf(app, scope))?.token ?? create(app, scope),
    states: () =>
      [...entries.values()]
        .filter(isForMail)
        // A probe that began before a reload may still request a token for the old app.
        .filter(({ identity }) => retained?.has(identity) ?? true)
        .map(({ token }) => token.state()),
    stateOf: (app) => entries.get(keyOf(app, app.scope))?.token.state(),
    restore: (states: readonly AppTokenState[]) => {
      for (const state of states) {
        const begun = [...entries.values()].find((entry) => entry.app.id === state.app && isForMail(entry));
        if (begun === undefined) remembered.set(state.app, state);
        else begun.token.restore(state);
      }
    },
    retain: (apps) => {
      const kept = new Set(apps.map(appIdentity));
      retained = kept;
      for (const [key, { identity }] of entries) if (!kept.has(identity)) entries.delete(key);
    },
    clear: () => entries.clear(),
  };
}

function isForMail({ app, scope }: Pick<Entry, 'app' | 'scope'>): boolean {
  return scope === app.scope;
}

function keyOf(app: App, scope: string): string {
  return `${appIdentity(app)} ${scope}`;
}
