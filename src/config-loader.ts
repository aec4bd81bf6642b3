/** Loads the configuration, at the start and at each reload: the interface, and the loader that does it in this process. */
import type { LoadResult } from './config/config.ts';
import type { Surroundings } from './config/surroundings.ts';

export interface ConfigLoader {
  readonly load: () => Promise<LoadResult>;
}

/** Parses in this process, for `demo` and tests. For a large fleet, see config-process.ts. */
export function createConfigReader(edges: Surroundings & { readonly configFile: string }): ConfigLoader {
  return {
    load: async () => {
      // Imported only when used, so that `serve` runs without the parser and the schema.
      const { loadConfig } = await import('./config/load.ts');
      return await loadConfig(edges.configFile, edges);
    },
  };
}
