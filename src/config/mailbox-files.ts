/**
 * Finds and reads the files that `mailbox_files` names. `load.ts` checks their mailboxes like those of the main file.
 */
import { isAbsolute, join, resolve } from 'node:path';
import { FileError, type Files } from '../model/files.ts';
import { findFiles, WILDCARD } from './find-files.ts';
import { check, itemsOf, type Piece } from './issues.ts';
import type { ConfigError } from './config-error.ts';
import { mailboxFileSchema } from './schema.ts';
import { shown } from './shown.ts';
import type { Surroundings } from './surroundings.ts';
import { readYamlFile, type YamlFile, type YamlReading } from './yaml-file.ts';

interface MoreMailboxes {
  readonly pieces: readonly Piece[];
  readonly errors: readonly ConfigError[];
  /** Settings that are probably not intended but do no harm. */
  readonly warnings: readonly ConfigError[];
}

/**
 * Adds each mailbox file to `files`, and skips a file that `files` already contains. So a pattern that also matches the
 * main file does no harm.
 */
export async function readMailboxFiles(
  main: YamlFile,
  folder: string,
  surroundings: Surroundings,
  files: Set<string>,
): Promise<MoreMailboxes> {
  const pieces: Piece[] = [];
  const errors: ConfigError[] = [];
  const warnings: ConfigError[] = [];
  for (const entry of itemsOf(main, ['mailbox_files'])) {
    if (typeof entry.raw !== 'string' || entry.raw === '') continue;
    const named = await findMailboxFiles(entry.raw, folder, surroundings.files).catch((error: unknown) => {
      if (!(error instanceof FileError)) throw error;
      errors.push(searchError(entry, error));
      return undefined;
    });
    if (named?.length === 0) warnings.push(nothingFound(entry));
    for (const { path, name } of named ?? []) {
      if (files.has(path)) continue;
      files.add(path);
      const reading = await readYamlFile(path, name, surroundings);
      const found = mailboxesOf(reading);
      pieces.push(...found.pieces);
      errors.push(...reading.errors.map((error) => atEntry(error, entry)), ...found.errors);
    }
  }
  return { pieces, errors, warnings };
}

function nothingFound({ file, path, raw }: Piece): ConfigError {
  return file.error(path, {
    code: 'no-file-matches',
    message: `warning: no file matches ${shown(raw)}`,
    hint: 'patterns begin at the folder of this file',
  });
}

/** Moves the error about a missing file to the line that names the file. */
function atEntry(error: ConfigError, { file, path }: Piece): ConfigError {
  if (error.code !== 'file-missing') return error;
  return file.error(path, {
    code: error.code,
    message: `cannot read ${error.file}: there is no such file`,
  });
}

function searchError({ file, path, raw }: Piece, { code, reason }: FileError): ConfigError {
  const message = `cannot search for ${String(raw)}: ${reason}`;
  return file.error(path, { code, message });
}

function mailboxesOf({ file }: YamlReading): Omit<MoreMailboxes, 'warnings'> {
  if (file === undefined) return { pieces: [], errors: [] };
  if (Array.isArray(file.data)) return { pieces: itemsOf(file, []), errors: [] };
  if (file.data === null) {
    const message = 'expected a list of mailboxes, got an empty file';
    return {
      pieces: [],
      errors: [file.error([], { code: 'file-empty', message, hint: 'write [] for none' })],
    };
  }
  const { errors } = check(mailboxFileSchema, { file, path: [], raw: file.data });
  return { pieces: itemsOf(file, ['mailboxes']), errors };
}

interface MailboxFile {
  /** Absolute. */
  readonly path: string;
  /**
   * The path in messages. It begins with the folder of the main file as the user gave it. For a file outside of that
   * folder, it is absolute.
   */
  readonly name: string;
}

/**
 * Returns the files of one entry of `mailbox_files`, sorted, without folders. An entry without a wildcard names one
 * file, which must exist. An entry with a wildcard may match nothing.
 */
async function findMailboxFiles(
  entry: string,
  folder: string,
  files: Files,
): Promise<readonly MailboxFile[]> {
  if (!WILDCARD.test(entry)) return [named(entry, folder)];
  return (await findFiles(entry, folder, files)).map((path) => named(path, folder));
}

/**
 * Returns the folder above the first wildcard, in which a new file would appear. Undefined for an entry without a
 * wildcard.
 */
export function watchedFolder(entry: string, folder: string): string | undefined {
  if (!WILDCARD.test(entry)) return undefined;
  const steps = entry.split('/');
  const fixed = steps.slice(
    0,
    steps.findIndex((step) => WILDCARD.test(step)),
  );
  return resolve(folder, fixed.join('/') || (isAbsolute(entry) ? '/' : '.'));
}

function named(path: string, folder: string): MailboxFile {
  const absolute = resolve(folder, path);
  const base = `${resolve(folder)}/`;
  const name = absolute.startsWith(base) ? join(folder, absolute.slice(base.length)) : absolute;
  return { path: absolute, name };
}
