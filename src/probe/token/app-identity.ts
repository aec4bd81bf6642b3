/**
 * Combines all settings that decide which token an app gets, and how. If one of them changes, the app counts as another
 * app, and never gets the token, failure or credential of the old app. Called by the cache and the providers.
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
