/**
 * Reads one YAML file and keeps the location of every value, so that every later error has its line. The parser's own
 * messages are never shown, because they quote the file. Called by `load.ts` and `mailbox-files.ts`.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { CONFIG_LIMIT_BYTES, FileError } from '../model/files.ts';
import { substitute } from './environment.ts';
import { type ConfigError, type Fault, type Path, pathText } from './config-error.ts';
import { readText } from './read-file.ts';
import type { Environment, Surroundings } from './surroundings.ts';

export interface YamlFile {
  readonly name: string;
  /** Plain data: mappings, lists, texts, numbers, booleans, null. */
  readonly data: unknown;
  /** Returns an error with the location of the value at `path`, or of its nearest parent that exists. */
  readonly error: (path: Path, fault: Fault) => ConfigError;
}

export interface YamlReading {
  /** Absent if the file cannot be read or parsed. */
  readonly file?: YamlFile;
  readonly errors: readonly ConfigError[];
}

/** Enough for ten thousand mailboxes that share anchors, and far fewer than a "billion laughs" attack uses. */
const MAX_ALIASES = 100_000;

/** This many characters of a line are searched for a hint. */
const LINE_LIMIT = 200;

/** `name` is the file's name in messages. Never rejects because of the file. */
export async function readYamlFile(
  path: string,
  name: string,
  { env, files }: Surroundings,
): Promise<YamlReading> {
  try {
    const text = await readText(files, path, CONFIG_LIMIT_BYTES);
    return parseYaml(text.replace(/^\uFEFF/, ''), name, env);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    const message = `cannot read this file: ${error.reason}`;
    return { errors: [{ file: name, line: 1, path: '', code: error.code, message }] };
  }
}

export function parseYaml(text: string, name: string, env: Environment): YamlReading {
  const lines = new LineCounter();
  const document = parse(text, lines);
  if (document === undefined) {
    const message = 'cannot parse this file: it is nested too deeply';
    return { errors: [{ file: name, line: 1, path: '', code: 'yaml-too-deep', message }] };
  }
  const syntaxError = (code: string, offset: number): ConfigError => {
    const { line, col } = lines.linePos(offset);
    const start = lines.lineStarts[line - 1] ?? 0;
    const fault = syntaxFault(
      code,
      text
        .slice(start, start + LINE_LIMIT)
        .split('\n', 1)
        .join(''),
    );
    return { file: name, line: Math.max(1, line), column: Math.max(1, col), path: '', ...fault };
  };
  const broken = [...document.errors, ...document.warnings].map(({ code, pos }) => syntaxError(code, pos[0]));
  if (broken.length > 0) return { errors: firstOfEachLine(broken) };

  const error = (path: Path, fault: Fault): ConfigError => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return { file: name, line: Math.max(1, line), column: Math.max(1, col), path: pathText(path), ...fault };
  };
  const errors = substitute(document, env).map(({ path, ...fault }) => error(path, fault));
  for (const offset of prototypeKeys(document)) {
    const { line, col } = lines.linePos(offset);
    const fault = { code: 'unknown-key', message: '"__proto__" cannot be a key' };
    errors.push({ file: name, line: Math.max(1, line), column: Math.max(1, col), path: '', ...fault });
  }
  try {
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { file: { name, data, error }, errors };
  } catch {
    const alias = unresolvedAlias(document);
    if (alias !== undefined) {
      return { errors: [...errors, syntaxError('BAD_ALIAS', alias.range?.[0] ?? 0)] };
    }
    const message = `expected at most ${MAX_ALIASES} uses of YAML aliases, got more`;
    return { errors: [...errors, error([], { code: 'yaml-alias-bomb', message })] };
  }
}

/** Keeps the first error of each line. Further errors in the same line are mostly about the same mistake. */
function firstOfEachLine(errors: readonly ConfigError[]): readonly ConfigError[] {
  return errors.filter((error, at) => error.line !== errors[at - 1]?.line);
}

/**
 * Undefined if the file is nested too deeply. The parser is recursive: a file of a hundred thousand brackets overflows
 * its stack, and must not crash the process.
 */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true, logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

/**
 * Returns where in the text the key or item at the path begins. If the path does not exist, returns where its nearest
 * existing parent begins.
 */
function offsetOf(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      offset = rangeStart(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      node = node.items[step];
      offset = rangeStart(node) ?? offset;
    } else return offset;
  }
  return offset;
}

/**
 * Returns the offsets of keys named `__proto__`. JavaScript treats such a key as the prototype, so the schema does not
 * see it. As a value, `__proto__` is an ordinary text.
 */
function prototypeKeys(document: Document.Parsed): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      // An alias is not a key: the parser refuses it.
      if (isScalar(key) && key.value === '__proto__') offsets.push(rangeStart(key) ?? 0);
    },
  });
  return offsets;
}

/** Returns the first alias whose anchor is not defined before it. Nodes are visited in the order of the text. */
function unresolvedAlias(document: Document.Parsed): Alias | undefined {
  const anchors = new Set<string>();
  let found: Alias | undefined;
  visit(document, {
    Alias: (_key, alias) => {
      if (!anchors.has(alias.source)) found ??= alias;
    },
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.add(node.anchor);
    },
  });
  return found;
}

function rangeStart(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

/** The messages for the parser's codes. Any other code is a syntax error, whose location explains it best. */
const SYNTAX: Readonly<Record<string, readonly [message: string, hint?: string]>> = {
  DUPLICATE_KEY: ['this key occurs twice in one mapping', 'keep one of them'],
  BAD_INDENT: ['the indentation does not fit the lines above, or a bracket is not closed'],
  TAB_AS_INDENT: ['a tab is used for indentation', 'YAML allows only spaces there'],
  BAD_ALIAS: [
    'an alias refers to an anchor that is not defined before it',
    'put the text in quotes if it begins with *',
  ],
  MULTIPLE_DOCS: ['a second document begins here', 'keep one document per file, without a line ---'],
  BAD_SCALAR_START: ['a text cannot begin with this character', 'put it in quotes'],
  MISSING_CHAR: [
    'a character such as : or , is missing, a bracket or quote is not closed, or the indentation is wrong',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'a mapping cannot begin inside this line',
    'is there a second colon? put the text in quotes',
  ],
  MULTILINE_IMPLICIT_KEY: ['a key must be on one line and end in a colon'],
  TAG_RESOLVE_FAILED: ['an unknown YAML tag', 'put the text in quotes if it begins with !'],
  NON_STRING_KEY: ['a key must be a text'],
  RESOURCE_EXHAUSTION: ['it is nested too deeply'],
};

function syntaxFault(code: string, line: string): Fault {
  const [message, usual] = SYNTAX[code] ?? ['this is not valid YAML'];
  const hint = /^[^{[,]*[{[,].*[^"'\w]\$\{/.test(line)
    ? 'between { } or [ ] put a variable in quotes: "${NAME}"'
    : usual;
  return {
    code: code === 'DUPLICATE_KEY' ? 'duplicate-key' : 'yaml-syntax',
    message: code === 'DUPLICATE_KEY' ? message : `cannot parse this file: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
