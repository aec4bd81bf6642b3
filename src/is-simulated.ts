/**
 * Does the configuration watch a simulated tenant? If so, messages begin with that notice. Called by the daemon and
 * `notify test`.
 */
import { isIP } from 'node:net';
import type { Config } from './config/config.ts';

/** Returns true if the token host of every app is on this machine, because only the sandbox has one there. */
export function isSimulated({ apps }: Pick<Config, 'apps'>): boolean {
  return apps.every(({ authority }) => {
    const { hostname } = new URL(authority);
    return hostname === 'localhost' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
  });
}
