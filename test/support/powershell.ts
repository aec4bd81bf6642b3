/**
 * Reads PowerShell with the grammar that VS Code ships (tree-sitter, WebAssembly): is it well formed, and which
 * commands with which parameters would run? Nothing is run.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import treeSitter, { type Node } from '@vscode/tree-sitter-wasm';

export interface PowerShellSource {
  /** Where the parser did not know how to go on: `line 3: ...`. */
  readonly problems: readonly string[];
  readonly commands: readonly PowerShellCommand[];
  /** The names of the functions that the source itself defines. */
  readonly functions: readonly string[];
}

export interface PowerShellCommand {
  readonly name: string;
  /** Without their dash, as written: `AppId`. */
  readonly parameters: readonly string[];
  readonly line: number;
}

export async function createPowerShellReader(): Promise<(source: string) => PowerShellSource> {
  await treeSitter.Parser.init();
  const main = createRequire(import.meta.url).resolve('@vscode/tree-sitter-wasm');
  const language = await treeSitter.Language.load(join(dirname(main), 'tree-sitter-powershell.wasm'));
  const parser = new treeSitter.Parser();
  parser.setLanguage(language);
  return (source) => {
    const root = parser.parse(source)?.rootNode;
    if (root === undefined) throw new Error('the parser gave nothing');
    return {
      problems: nodesOf(root, isProblem).map(describe),
      commands: nodesOf(root, ({ type }) => type === 'command').map(commandOf),
      functions: nodesOf(root, ({ type }) => type === 'function_name').map(({ text }) => text),
    };
  };
}

/** The grammar misses a blank in `Format-List A,B`, where PowerShell wants none. */
function isProblem({ isError, isMissing, type }: Node): boolean {
  return isError || (isMissing && type.trim() !== '');
}

function commandOf(node: Node): PowerShellCommand {
  const name = node.descendantsOfType('command_name')[0]?.text ?? '';
  // Of this command, not of one inside its arguments.
  const parameters = node
    .descendantsOfType('command_parameter')
    .filter((parameter) => parameter !== null && commandAround(parameter)?.id === node.id)
    .map((parameter) => parameter?.text.replace(/^-/, '').replace(/:$/, '') ?? '');
  return { name, parameters, line: node.startPosition.row + 1 };
}

function commandAround(node: Node): Node | null {
  return node.type === 'command' || node.parent === null ? node : commandAround(node.parent);
}

function nodesOf(node: Node, wanted: (node: Node) => boolean): readonly Node[] {
  const below = node.children.flatMap((child) => (child === null ? [] : nodesOf(child, wanted)));
  return wanted(node) ? [node, ...below] : below;
}

function describe(node: Node): string {
  return `line ${node.startPosition.row + 1}: ${node.isMissing ? `expected ${node.type}` : JSON.stringify(node.text.slice(0, 80))}`;
}
