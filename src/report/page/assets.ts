/** Reads the files that the pages use: their script, the library that the script uses, and the handbook. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InstallationError } from '../../model/installation-error.ts';

export interface Asset {
  readonly name: string;
  readonly text: string;
}

const SCRIPTS = ['page.js', 'follow.js', 'update.js', 'times.js', 'copy.js', 'duration-text.js'] as const;

/** Returns the JavaScript modules by the names under which they import each other. */
export function readScripts(): readonly Asset[] {
  return [
    ...SCRIPTS.map((name) => ({ name, text: read(new URL(`./browser/${name}`, import.meta.url)) })),
    { name: 'idiomorph.js', text: read(locate('idiomorph')) },
  ];
}

/** The relative path of `docs/` is the same from `src/` and from `dist/`. */
export function readHandbook(): string {
  return read(new URL('../../../docs/diagnoses.md', import.meta.url));
}

function locate(name: string): URL {
  try {
    return new URL(import.meta.resolve(name));
  } catch (error) {
    throw new InstallationError(`the package ${name} cannot be found (${codeOf(error)})`);
  }
}

function read(file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InstallationError(`the file ${fileURLToPath(file)} cannot be read (${codeOf(error)})`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}
