/**
 * Finds and reads the files that `mailbox_files` names. `load.ts` checks their mailboxes like those of the main file.
 */
import { isAbsolute, join, resolve } from 'node:path';
import { FileError, type Files } from '../model/files.ts';
import { findFiles, WILDCARD } from './find-files.ts';
import { check, itemsOf, type Piece } from './issues.ts';
import type { ConfigProblem } from './problem.ts';
import { mailboxFileSchema } from './schema.ts';
import { shown } from './shown.ts';
import type { Surroundings } from './surroundings.ts';
import { readYamlFile, type YamlFile, type YamlReading } from './yaml-file.ts';

interface MoreMailboxes {
  readonly pieces: readonly Piece[];
  readonly problems: readonly ConfigProblem[];
  /** What is probably not meant, and harms nothing. */
  readonly warnings: readonly ConfigProblem[];
}

/** `files` holds the main file already, which a wide pattern matches, too; each file that is read is added. */
export async function readMailboxFiles(
  main: YamlFile,
  folder: string,
  surroundings: Surroundings,
  files: Set<string>,
): Promise<MoreMailboxes> {
  const pieces: Piece[] = [];
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  for (const entry of itemsOf(main, ['mailbox_files'])) {
    if (typeof entry.raw !== 'string' || entry.raw === '') continue;
    const named = await findMailboxFiles(entry.raw, folder, surroundings.files).catch((error: unknown) => {
      if (!(error instanceof FileError)) throw error;
      problems.push(searchProblem(entry, error));
      return undefined;
    });
    if (named?.length === 0) warnings.push(nothingFound(entry));
    for (const { path, name } of named ?? []) {
      if (files.has(path)) continue;
      files.add(path);
      const reading = await readYamlFile(path, name, surroundings);
      const found = mailboxesOf(reading);
      pieces.push(...found.pieces);
      problems.push(...reading.problems.map((problem) => atEntry(problem, entry)), ...found.problems);
    }
  }
  return { pieces, problems, warnings };
}

function nothingFound({ file, path, raw }: Piece): ConfigProblem {
  return file.problem(path, {
    code: 'no-file-matches',
    message: `warning: no file matches ${shown(raw)}`,
    hint: 'patterns begin at the folder of this file',
  });
}

/** A missing file is an error of the line that names it. */
function atEntry(problem: ConfigProblem, { file, path }: Piece): ConfigProblem {
  if (problem.code !== 'file-missing') return problem;
  return file.problem(path, {
    code: problem.code,
    message: `cannot read ${problem.file}: there is no such file`,
  });
}

function searchProblem({ file, path, raw }: Piece, { code, reason }: FileError): ConfigProblem {
  const message = `cannot search for ${String(raw)}: ${reason}`;
  return file.problem(path, { code, message });
}

function mailboxesOf({ file }: YamlReading): Omit<MoreMailboxes, 'warnings'> {
  if (file === undefined) return { pieces: [], problems: [] };
  if (Array.isArray(file.data)) return { pieces: itemsOf(file, []), problems: [] };
  if (file.data === null) {
    const message = 'expected a list of mailboxes, got an empty file';
    return {
      pieces: [],
      problems: [file.problem([], { code: 'file-empty', message, hint: 'write [] for none' })],
    };
  }
  const { problems } = check(mailboxFileSchema, { file, path: [], raw: file.data });
  return { pieces: itemsOf(file, ['mailboxes']), problems };
}

interface MailboxFile {
  /** Absolute. */
  readonly path: string;
  /** Its name in messages: relative to the main file as that was given. */
  readonly name: string;
}

/**
 * The files of one entry, sorted, without folders. An entry without a wildcard names one file, which may be missing; one
 * with a wildcard may match nothing.
 */
async function findMailboxFiles(
  entry: string,
  folder: string,
  files: Files,
): Promise<readonly MailboxFile[]> {
  if (!WILDCARD.test(entry)) return [named(entry, folder)];
  return (await findFiles(entry, folder, files)).map((path) => named(path, folder));
}

/** The folder above the first wildcard: where a new file would appear. */
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
