/**
 * Does the configuration watch a simulated tenant? If so, notifications begin with the word SIMULATED. Called by the
 * daemon and `notify test`.
 */
import { isIP } from 'node:net';
import type { Config } from './config/config.ts';

/**
 * The tenant is simulated if the token host of every app is on this machine. Only the sandbox runs a token host there.
 */
export function isSimulated({ apps }: Pick<Config, 'apps'>): boolean {
  return apps.every(({ authority }) => {
    const { hostname } = new URL(authority);
    return hostname === 'localhost' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
  });
}
