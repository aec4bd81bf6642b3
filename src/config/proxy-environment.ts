/**
 * Warns that a proxy from the environment is not used. `HTTPS_PROXY` and the like are meant for HTTP clients, not for
 * mail connections, so only the configuration counts. Called by `load.ts`.
 */
import type { ConfigError } from './config-error.ts';
import type { Entries } from './entries.ts';
import type { Environment } from './surroundings.ts';

const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'] as const;

/**
 * Returns a warning if a variable is set and an app has no `proxy` setting. The warning never quotes the value of the
 * variable, because it may hold a password.
 */
export function proxyOfEnvironment({ settings, apps }: Entries, env: Environment): readonly ConfigError[] {
  const name = VARIABLES.find((variable) => (env[variable] ?? '') !== '');
  const isOpen =
    settings.value?.proxy === undefined &&
    apps.some(({ value }) => value !== undefined && value.proxy === undefined);
  if (name === undefined || !isOpen) return [];
  return [
    settings.file.error(['proxy'], {
      code: 'proxy-of-environment',
      message: `warning: ${name} is set in the environment and is not used: connections go out without a proxy`,
      hint: 'to use that proxy, set proxy: to its URL. To use none, set proxy: none. NO_PROXY is not used either',
    }),
  ];
}
