/**
 * The files that the pages use: their script, the library that the script uses, and the handbook. Read once, when the
 * HTTP server is created.
 */
import { readFileSync } from 'node:fs';

export interface Asset {
  readonly name: string;
  readonly text: string;
}

const SCRIPTS = ['page.js', 'follow.js', 'update.js', 'times.js', 'copy.js', 'duration-text.js'] as const;

/** JavaScript modules, by the names under which they import each other. */
export function readScripts(): readonly Asset[] {
  return [
    ...SCRIPTS.map((name) => ({ name, text: read(new URL(`./browser/${name}`, import.meta.url)) })),
    { name: 'idiomorph.js', text: read(new URL(import.meta.resolve('idiomorph'))) },
  ];
}

/** `docs/` is beside both `src/` and `dist/`, so the path is the same for both. */
export function readHandbook(): string {
  return read(new URL('../../../docs/diagnoses.md', import.meta.url));
}

function read(file: URL): string {
  return readFileSync(file, 'utf8');
}
