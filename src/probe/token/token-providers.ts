/** Makes one provider of each kind. Called by token-requests.ts, which chooses the provider of an app. */
import type { ProviderKind } from '../../model/target.ts';
import { createEntraProvider } from './entra-provider.ts';
import type { TokenProvider } from './token-provider.ts';
import type { TokenCollaborators } from './token-request.ts';

export type TokenProviders = Readonly<Record<ProviderKind, TokenProvider>>;

export function createTokenProviders(collaborators: TokenCollaborators): TokenProviders {
  return { entra: createEntraProvider(collaborators) };
}
