/** May this process write into the folder? Asked once, at the start, before there is anything that a disk could hold up. */
import { accessSync, constants } from 'node:fs';

export function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
