/** What every cluster must do. A new implementation is added by one call in contract.test.ts. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cluster, ClusterEdges } from '../../src/cluster/cluster.ts';

export const APPS = ['plm', 'erp', 'crm'].map((app) => ({
  app,
  tenant: 'contoso',
  weight: 2,
  identity: app,
  content: '1',
}));

export const NO_EDGES: ClusterEdges = {
  onGained: async () => undefined,
  onReleasing: async () => undefined,
  onLost: () => undefined,
  onPaused: () => undefined,
  onResumed: () => undefined,
};

export function describeCluster(
  name: string,
  make: () => Promise<{ readonly cluster: Cluster; readonly end: () => Promise<void> }>,
): void {
  describe(`a cluster of one, ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>;
    beforeEach(async () => {
      made = await make();
    });
    afterEach(async () => await made.end());

    test('probes every app of the configuration once it has started', async () => {
      const { cluster } = made;
      cluster.update(APPS);
      await cluster.start();
      expect(APPS.map(({ app }) => cluster.mayProbe(app))).toEqual([true, true, true]);
    });

    test('names itself, with what it probes', async () => {
      const { cluster } = made;
      cluster.update(APPS);
      await cluster.start();
      expect(cluster.replicas()).toMatchObject([{ name: 'a', isSelf: true }]);
      expect(cluster.replicas()[0]?.apps.toSorted()).toEqual(['crm', 'erp', 'plm']);
    });

    test('closes, also where it never started', async () => {
      await made.cluster.close();
      await expect(made.cluster.close()).resolves.toBeUndefined();
    });
  });
}
