/**
 * Deadlines that no verdict may depend on: on a loaded machine a probe takes seconds, and must still see what the
 * sandbox answers and not its own deadline. For tests whose sandbox answers everything.
 */
import type { Config } from '../../src/config/config.ts';
import type { Surroundings } from '../../src/config/surroundings.ts';
import { type ConfigLoader, createConfigReader } from '../../src/config-loader.ts';
import type { App } from '../../src/model/target.ts';

const PATIENCE_MS = 120_000;

export const PATIENT = { interval: '10m', timeout: '2m' } as const;

/** For short intervals, which allow no such deadline in the file: what is loaded gets it, at each reload too. */
export function createPatientLoader(
  edges: Surroundings & { readonly configFile: string },
  timeoutMs = PATIENCE_MS,
): ConfigLoader {
  const reader = createConfigReader(edges);
  return {
    load: async () => {
      const loaded = await reader.load();
      return loaded.ok ? { ...loaded, config: withDeadline(loaded.config, timeoutMs) } : loaded;
    },
  };
}

function withDeadline(config: Config, timeoutMs: number): Config {
  const apps = new Map<App, App>(config.apps.map((app) => [app, { ...app, timeoutMs }]));
  return {
    ...config,
    apps: [...apps.values()],
    targets: config.targets.map((target) => ({
      ...target,
      app: apps.get(target.app) ?? target.app,
      timeoutMs,
    })),
  };
}
