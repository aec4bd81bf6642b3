/**
 * Combines everything that decides which token an app gets, and how. An app with a changed setting counts as another
 * app: it never gets the old app's token, failure or credential. Called by the cache and by the providers.
 */
import { createHash } from 'node:crypto';
import type { App } from '../../model/target.ts';

const KNOWN = new WeakMap<App, string>();

/** Returns the identity as a hash, because a proxy's URL may hold a password. */
export function appIdentity(app: App): string {
  const known = KNOWN.get(app);
  if (known !== undefined) return known;
  const { id, provider, tenant, clientId, authority, scope, credential, network, timeoutMs } = app;
  const way = [network.ca, network.proxy?.href, timeoutMs];
  const parts = [id, provider, tenant, clientId, authority, scope, credential, ...way];
  const identity = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  KNOWN.set(app, identity);
  return identity;
}
