/**
 * Describes each app for the cluster, which distributes the apps over the replicas: its weight, and hashes of its
 * configuration. Used by `app-share.ts`.
 */
import type { AppLoad } from './cluster/cluster.ts';
import type { Config } from './config/config.ts';
import { fnv1a } from './model/fnv1a.ts';
import { type App, type Target, targetIdentity } from './model/target.ts';

/**
 * Appends the apps to `loads`, with a little work at each step. A change of a secret, an interval or a timeout does not
 * change the hashes.
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
      // A sum, so that the order of the mailboxes does not matter.
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
