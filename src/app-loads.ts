/**
 * Computes the weight of each app, by which the cluster distributes the apps over the replicas. Also computes hashes of
 * each app's configuration, by which the replicas compare their configurations. Used by `app-share.ts`.
 */
import type { AppLoad } from './cluster/cluster.ts';
import type { Config } from './config/config.ts';
import { fnv1a } from './model/fnv1a.ts';
import { type App, type Target, targetIdentity } from './model/target.ts';

/**
 * Appends one entry per app to `loads`. Each step is short, so that the caller can pause between steps. Secrets,
 * intervals and timeouts do not affect the hashes.
 */
export function* appLoadsInSteps({ apps, targets }: Config, loads: AppLoad[]): Iterable<undefined> {
  const targetsOf = new Map<string, Target[]>(apps.map(({ id }) => [id, []]));
  for (const target of targets) {
    targetsOf.get(target.app.id)?.push(target);
    yield;
  }
  for (const app of apps) {
    const its = targetsOf.get(app.id) ?? [];
    let content = 0;
    for (const target of its) {
      // The hashes are added up, so that the order of the mailboxes does not matter.
      content = (content + fnv1a(targetIdentity(target))) % Number.MAX_SAFE_INTEGER;
      yield;
    }
    loads.push({
      app: app.id,
      tenant: app.tenant,
      weight: its.length,
      identity: identityOf(app),
      content: content.toString(36),
    });
  }
}

function identityOf({ tenant, clientId, authority }: App): string {
  return fnv1a(JSON.stringify([tenant, clientId, authority])).toString(36);
}
