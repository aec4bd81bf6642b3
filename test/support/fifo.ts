/** A named pipe to which nobody writes: a plain `open` of it waits for ever. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { WAIT_MS } from './limits.ts';

/** In the place of what stood there. */
export function putFifo(path: string): string {
  rmSync(path, { force: true });
  execFileSync('mkfifo', [path], { timeout: WAIT_MS });
  return path;
}
