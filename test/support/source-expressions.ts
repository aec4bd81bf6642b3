/**
 * Every regular expression of the source: literals by a parser, and what `new RegExp` makes by watching it while the
 * modules load. An expression that is made of an argument later stands with a number in the argument's place.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, resolve } from 'node:path';
import { parse, type Node } from 'acorn';

export interface SourceExpression {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

const SRC = resolve(import.meta.dirname, '../../src');
/** What starts something when it is loaded. */
const STARTS = /(?:^main|-worker)\.ts$/;
const ARGUMENT = '100';

export async function sourceExpressions(): Promise<readonly SourceExpression[]> {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const written = files.flatMap((file) => expressionsIn(file, readFileSync(join(SRC, file), 'utf8')));
  const all = [...written, ...(await expressionsMadeBy(files))];
  return [...new Map(all.map((each) => [`/${each.source}/${each.flags}`, each])).values()];
}

function expressionsIn(file: string, text: string): readonly SourceExpression[] {
  const found: SourceExpression[] = [];
  const program = parse(stripTypeScriptTypes(text), {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowHashBang: true,
  });
  visit(program, false, (node, inFunction) => {
    if (node.type === 'Literal' && 'regex' in node && isRecord(node.regex)) {
      found.push({ file, source: String(node.regex.pattern), flags: String(node.regex.flags) });
    }
    if (inFunction && isRegExpCall(node)) {
      const [pattern, flags] = node.arguments;
      const source = textOf(pattern);
      if (source !== undefined) found.push({ file, source, flags: textOf(flags) ?? '' });
    }
  });
  return found;
}

type Tree = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

function visit(node: unknown, inFunction: boolean, see: (node: Tree, inFunction: boolean) => void): void {
  if (!isRecord(node)) return;
  if (typeof node.type === 'string') see(node, inFunction);
  const inside = inFunction || /Function/.test(String(node.type));
  for (const child of Object.values(node)) {
    for (const each of Array.isArray(child) ? child : [child]) visit(each, inside, see);
  }
}

function isRegExpCall(node: Tree): node is Tree & { readonly arguments: readonly Node[] } {
  const callee = isRecord(node.callee) ? node.callee.name : undefined;
  return callee === 'RegExp' && Array.isArray(node.arguments);
}

/** Of a template or a string: with a number in the place of what is filled in. */
function textOf(node: unknown): string | undefined {
  if (!isRecord(node)) return undefined;
  if (node.type === 'Literal') return String(node.value);
  const isRaw = node.type === 'TaggedTemplateExpression';
  const template = isRaw ? node.quasi : node;
  if (!isRecord(template) || !Array.isArray(template.quasis)) return undefined;
  const parts = template.quasis.map((quasi: { value: { raw: string; cooked: string } }) =>
    isRaw ? quasi.value.raw : quasi.value.cooked,
  );
  return parts.join(ARGUMENT);
}

async function expressionsMadeBy(files: readonly string[]): Promise<readonly SourceExpression[]> {
  const made: SourceExpression[] = [];
  const Original = globalThis.RegExp;
  const record = (expression: RegExp): RegExp => {
    const from = /\/src\/([^:)?]+\.ts)/.exec(new Error('made here').stack?.split('\n')[3] ?? '')?.[1];
    if (from !== undefined) made.push({ file: from, source: expression.source, flags: expression.flags });
    return expression;
  };
  globalThis.RegExp = new Proxy(Original, {
    construct: (_, [source, flags]: [string, string?]) => record(new Original(source, flags)),
  });
  try {
    for (const file of files.filter((path) => !STARTS.test(path))) await import(join(SRC, file));
  } finally {
    globalThis.RegExp = Original;
  }
  return made;
}
