/** Tests whether this process can write into a folder. The test blocks, so it is used only before the daemon probes. */
import { accessSync, constants } from 'node:fs';

export function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
