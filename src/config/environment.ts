/**
 * Replaces `${VAR}` in the texts of a YAML document. The document is parsed first, so that the value of a variable
 * cannot add keys or list items. Keys stay unchanged. Called by `yaml-file.ts`.
 */
import { type Document, isPair, isSeq, isScalar, type Scalar, visit } from 'yaml';
import type { Fault, Path } from './config-error.ts';
import type { Environment } from './surroundings.ts';

/** `$${` stands for a literal `${`. A `$` anywhere else stands for itself. */
const VARIABLE = /\$\$\{|\$\{([^}]*)(\}?)/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export interface Unresolved extends Fault {
  readonly path: Path;
}

/** Changes the document in place. Variables that cannot be replaced are returned, and stay unchanged. */
export function substitute(document: Document.Parsed, env: Environment): readonly Unresolved[] {
  const unresolved: Unresolved[] = [];
  visit(document, {
    Scalar: (key, scalar, ancestors) => {
      if (key === 'key' || typeof scalar.value !== 'string' || !scalar.value.includes('${')) return;
      const { text, fault } = replaceIn(scalar.value, env);
      if (fault === undefined) scalar.value = scalar.type === 'PLAIN' ? plainValue(text) : text;
      else unresolved.push({ ...fault, path: pathOf(scalar, ancestors) });
    },
  });
  return unresolved;
}

function replaceIn(raw: string, env: Environment): { readonly text: string; readonly fault?: Fault } {
  let fault: Fault | undefined;
  const text = raw.replaceAll(VARIABLE, (whole, name: string | undefined, end: string) => {
    if (name === undefined) return '${';
    const value = NAME.test(name) && end !== '' ? env[name] : undefined;
    if (value === undefined) fault ??= faultOf(name, end);
    return value ?? whole;
  });
  return fault === undefined ? { text } : { text, fault };
}

function faultOf(name: string, end: string): Fault {
  if (NAME.test(name) && end !== '') {
    return { code: 'variable-unset', message: `the environment variable ${name} is not set` };
  }
  return {
    code: 'variable-malformed',
    message:
      'expected a variable such as ${NAME} (letters, digits and _), got a "${" that does not begin one',
    hint: 'write $${ for a literal ${',
  };
}

/** Reads the text as YAML reads an unquoted scalar, so that `port: ${PORT}` is a number. */
function plainValue(text: string): string | number | boolean {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
}

function pathOf(scalar: Scalar, ancestors: readonly unknown[]): Path {
  const chain = [...ancestors, scalar];
  return chain.flatMap((node, at): Path => {
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : [];
    return isSeq(node) ? [node.items.indexOf(chain[at + 1])] : [];
  });
}
