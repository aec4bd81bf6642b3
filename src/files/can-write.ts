/** Whether this process may write into the folder. Called once at the start, before a slow disk can delay a probe. */
import { accessSync, constants } from 'node:fs';

export function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
