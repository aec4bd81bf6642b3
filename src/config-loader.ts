/**
 * Loads the configuration at the start and at each reload. The loader in this file works in the process of the caller,
 * for `demo` and tests. The loader in `config-process.ts` is for large fleets.
 */
import type { LoadResult } from './config/config.ts';
import type { Surroundings } from './config/surroundings.ts';

export interface ConfigLoader {
  readonly load: () => Promise<LoadResult>;
}

export function createConfigReader(edges: Surroundings & { readonly configFile: string }): ConfigLoader {
  return {
    load: async () => {
      // Imported only here, so that `serve` does not keep the parser and the schema in memory.
      const { loadConfig } = await import('./config/load.ts');
      return await loadConfig(edges.configFile, edges);
    },
  };
}
