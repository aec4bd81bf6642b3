/**
 * The interface of a loader of the configuration, and the loader that works in this process. A loader is called at the
 * start and at each reload.
 */
import type { LoadResult } from './config/config.ts';
import type { Surroundings } from './config/surroundings.ts';

export interface ConfigLoader {
  readonly load: () => Promise<LoadResult>;
}

/**
 * Reads and parses the configuration in this process, for `demo` and tests. `config-process.ts` is for large fleets.
 */
export function createConfigReader(edges: Surroundings & { readonly configFile: string }): ConfigLoader {
  return {
    load: async () => {
      // Imported only when used, so that `serve` runs without the parser and the schema.
      const { loadConfig } = await import('./config/load.ts');
      return await loadConfig(edges.configFile, edges);
    },
  };
}
