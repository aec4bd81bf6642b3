/** The cluster of a single replica, which probes every app all the time. */
import type { AppLoad, Cluster } from './cluster.ts';

export function createAlone(name: string): Cluster {
  let apps: readonly AppLoad[] = [];
  return {
    update: (next) => {
      apps = next;
    },
    start: async () => undefined,
    mayProbe: () => true,
    lease: () => undefined,
    replicas: () => [{ id: name, name, apps: apps.map(({ app }) => app), isSelf: true, isAlike: true }],
    close: async () => undefined,
  };
}
