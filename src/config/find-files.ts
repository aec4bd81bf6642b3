/**
 * Finds the files that match a pattern. It follows no symbolic link to a folder, and searches at most `DEEPEST` levels
 * of folders. Called by `mailbox-files.ts`.
 */
import { join, matchesGlob, normalize, resolve } from 'node:path';
import { FileError, type Files } from '../model/files.ts';

export const WILDCARD = /[*?[{]/;
const DEEPEST = 16;

/**
 * Returns the absolute paths of the files, sorted, without folders. Rejects with `FileError` if the file system of a
 * folder hangs.
 */
export async function findFiles(pattern: string, folder: string, files: Files): Promise<readonly string[]> {
  const steps = normalize(pattern).split('/');
  const fixed = steps.slice(
    0,
    steps.findIndex((step) => WILDCARD.test(step)),
  );
  const below = steps.slice(fixed.length);
  const start = resolve(folder, pattern.startsWith('/') ? '/' : '.', ...fixed);
  // `**`, and braces that contain a slash, can match several levels of folders. The depth of a match is then not known
  // in advance.
  const isDeep = /\*\*|\{[^{}]*\//.test(below.join('/'));
  const found: string[] = [];

  const search = async (at: readonly string[]): Promise<void> => {
    const depth = at.length + 1;
    for (const { name, isFolder } of await listed(join(start, ...at), files)) {
      const path = [...at, name];
      if (!isFolder) {
        if (matchesGlob(path.join('/'), below.join('/'))) found.push(join(start, ...path));
      } else if (
        isDeep ? depth < DEEPEST : depth < below.length && matchesGlob(name, below[depth - 1] ?? '')
      ) {
        await search(path);
      }
    }
  };
  await search([]);
  return found.sort();
}

/** A folder that does not exist, or that cannot be entered, counts as empty. */
async function listed(folder: string, files: Files) {
  try {
    return await files.list(folder);
  } catch (error) {
    if (error instanceof FileError && error.code === 'file-hangs') throw error;
    return [];
  }
}
