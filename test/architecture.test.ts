import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve, dirname, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * Holds the picture: the folders under src/ are a star around the ground (model/ and vocabulary/), the folders of
 * PURE do no I/O, and only commands/ and the files of src/ itself know more than one folder.
 */
const SRC = resolve(import.meta.dirname, '../src');
const QUESTIONS = [
  'files',
  'config',
  'schedule',
  'probe',
  'transcript',
  'diagnosis',
  'status',
  'store',
  'cluster',
  'report',
  'notify',
  'sandbox',
];
/** Every folder may import model/; those that read what servers print, vocabulary/ too. */
const READERS: ReadonlySet<string> = new Set(['probe', 'transcript', 'diagnosis']);
const GROUND = ['model', 'vocabulary'];
const PURE = ['model', 'vocabulary', 'transcript', 'diagnosis', 'status'];

interface SourceFile {
  readonly path: string;
  readonly folder: string;
  readonly imports: readonly string[];
  readonly text: string;
}

const files: readonly SourceFile[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    const imports = [...text.matchAll(/(?:from|import\()\s*'([^']+)'|^import '([^']+)'/gm)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    return { path, folder: path.includes(sep) ? (path.split(sep)[0] ?? '') : '', imports, text };
  });

/** The folder under src/ that a relative import leads to; '' for a file of src/ itself. */
function folderOf(file: SourceFile, specifier: string): string {
  const path = relative(SRC, resolve(SRC, dirname(file.path), specifier));
  return path.includes(sep) ? (path.split(sep)[0] ?? '') : '';
}

describe.each([...QUESTIONS, ...GROUND])('%s/', (folder) => {
  test('imports no folder but the ground and itself', () => {
    const allowed =
      folder === 'model' ? ['model'] : ['model', folder, ...(READERS.has(folder) ? ['vocabulary'] : [])];
    const strays = files
      .filter((file) => file.folder === folder)
      .flatMap((file) =>
        file.imports
          .filter((specifier) => specifier.startsWith('.'))
          .filter((specifier) => !allowed.includes(folderOf(file, specifier)))
          .map((specifier) => `${file.path} imports ${specifier}`),
      );
    expect(strays).toEqual([]);
  });
});

describe.each(PURE)('%s/ is pure', (folder) => {
  const own = files.filter((file) => file.folder === folder);

  test('it imports no package and nothing of Node', () => {
    const strays = own.flatMap((file) =>
      file.imports
        .filter((specifier) => !specifier.startsWith('.'))
        .map((specifier) => `${file.path}: ${specifier}`),
    );
    expect(strays).toEqual([]);
  });

  test('it reads no clock, makes no chance and starts no timer', () => {
    const strays = own
      .filter((file) =>
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bset(?:Timeout|Interval|Immediate)\(|\bperformance\.now\(|\bprocess\./.test(
          withoutComments(file.text),
        ),
      )
      .map((file) => file.path);
    expect(strays).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}

test('files are read through files/ alone, which no disk can hold', () => {
  /**
   * They read their own program, or read or write what the user names on the command line; or they are the sandbox; or
   * they run in a thread of their own, which is all that a disk can hold.
   */
  const others = new Set([
    'version.ts',
    'report/page/assets.ts',
    'commands/explain.ts',
    'commands/init.ts',
    'commands/sandbox.ts',
    'commands/demo.ts',
    'store/sqlite/file.ts',
  ]);
  const strays = files
    .filter(({ path, folder }) => !['files', 'sandbox'].includes(folder) && !others.has(path))
    .filter(({ imports }) => imports.some((specifier) => /^(?:node:)?fs(?:\/promises)?$/.test(specifier)))
    .map(({ path }) => path);
  expect(strays).toEqual([]);
});

test('every file says what it answers in its first lines', () => {
  expect(files.filter((file) => !/^(?:#!.*\n)?\/\*\*/.test(file.text)).map((file) => file.path)).toEqual([]);
});

/** What is handed over between folders. A test that fills an optional member by hand hides that the product does not. */
test.each([
  ['report/source.ts', 'ReportSource'],
  ['commands/probe-once.ts', 'DiagnosedProbe'],
  ['commands/setup-script/plan.ts', 'AppPlan'],
  ['diagnosis/names.ts', 'Names'],
])('%s: %s has no optional member', (path, name) => {
  const text = files.find((file) => file.path === path)?.text ?? '';
  const [, members] = new RegExp(`^export interface ${name}[^{]*\\{\\n([^]*?)^\\}`, 'm').exec(text) ?? [];
  expect(members).toContain('readonly ');
  expect(members).not.toMatch(/^ {2}(?:readonly )?\w+\?:/m);
});

test('nothing but the command line imports the rim', () => {
  const strays = files
    .filter((file) => [...QUESTIONS, ...GROUND].includes(file.folder))
    .flatMap((file) =>
      file.imports.filter((s) => s.startsWith('.') && ['commands', ''].includes(folderOf(file, s))),
    );
  expect(strays).toEqual([]);
});

test('no file imports itself by a detour', () => {
  const importsOf = new Map(
    files.map(({ path, imports }) => [
      path,
      imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => relative(SRC, resolve(SRC, dirname(path), specifier))),
    ]),
  );
  const reaches = (from: string, wanted: string, seen = new Set<string>()): boolean =>
    (importsOf.get(from) ?? []).some((next) => {
      if (next === wanted) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, wanted, seen);
    });
  expect([...importsOf.keys()].filter((path) => reaches(path, path))).toEqual([]);
});
