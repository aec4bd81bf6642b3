/** May this process write into the folder? Called once at the start, when a slow disk does not delay any probe yet. */
import { accessSync, constants } from 'node:fs';

export function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
