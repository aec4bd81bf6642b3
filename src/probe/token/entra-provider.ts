/**
 * Provides tokens from Microsoft Entra ID. Remembers the last accepted credential of each app in memory (see
 * credential-memory.ts). token-request.ts sends the requests.
 */
import { appIdentity } from './app-identity.ts';
import type { CredentialMemory } from './credential-memory.ts';
import { tokenEndpoint } from './msal-post.ts';
import type { TokenProvider } from './token-provider.ts';
import { requestToken, type TokenCollaborators } from './token-request.ts';

export function createEntraProvider(collaborators: TokenCollaborators): TokenProvider {
  /** For each app identity, the memory of the app's credential. All scopes of an app share it. */
  const memories = new Map<string, CredentialMemory>();

  const memoryOf = (identity: string): CredentialMemory => {
    const memory = memories.get(identity) ?? {};
    memories.set(identity, memory);
    return memory;
  };

  return {
    endpointOf: tokenEndpoint,
    fetch: async (app, scope, signal) =>
      await requestToken(app, scope, signal, collaborators, memoryOf(appIdentity(app))),
    retain: (apps) => {
      const kept = new Set(apps.map(appIdentity));
      for (const identity of memories.keys()) if (!kept.has(identity)) memories.delete(identity);
    },
  };
}
