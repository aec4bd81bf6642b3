/**
 * The command line of a command as data, and its parser. Help, parsing and the message about a wrong option all come
 * from the same table (`command-specs.ts`), so they always agree.
 */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { closest, distance } from 'fastest-levenshtein';
import { cleanText } from '../model/text.ts';
import { UsageError } from './command.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** The one-letter form, if the monitoring plugins have one. */
  readonly short?: string;
  /** The placeholder for the value in the help: `FILE`, `imap|pop3`. */
  readonly value?: string;
  readonly default?: string;
  readonly text: string;
}

export interface CommandSpec {
  /** One line for the list of commands. */
  readonly summary: string;
  /** Without `mailprobe`. Several if the command has subcommands. */
  readonly usage: readonly string[];
  readonly description: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly takesArguments: boolean;
  readonly exitCodes: Readonly<Record<number, string>>;
  readonly example: string;
  /** The page of the documentation: `setup.md`. */
  readonly documentation: string;
}

/** Names that differ in more characters than this are different names, not a typo. */
const MOST_TYPOS = 3;
const LONGEST_SHOWN = 60;

interface ParseConfig<Spec extends CommandSpec> {
  readonly args: string[];
  readonly options: Spec['options'];
  readonly allowPositionals: true;
}

type Parsed<Spec extends CommandSpec> = ReturnType<typeof parseArgs<ParseConfig<Spec>>>;

export interface CommandLine<Spec extends CommandSpec> {
  readonly values: Parsed<Spec>['values'];
  readonly positionals: readonly string[];
}

/**
 * Parses the arguments. Throws a `UsageError` whose message states what was expected, what was given and what was
 * probably meant.
 */
export function parseCommandLine<const Spec extends CommandSpec>(
  spec: Spec,
  args: readonly string[],
): CommandLine<Spec> {
  const { options, takesArguments } = spec;
  try {
    const { values, positionals } = parseArgs<ParseConfig<Spec>>({
      args: [...args],
      options,
      allowPositionals: true,
    });
    if (takesArguments || positionals[0] === undefined) return { values, positionals };
    throw new UsageError(`expected options only, got "${cleanText(positionals[0], LONGEST_SHOWN)}"`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(describeMistake(options, args));
  }
}

/** Describes the first option that the strict parser refused. */
function describeMistake(options: CommandSpec['options'], args: readonly string[]): string {
  const config: ParseArgsConfig = { args: [...args], options, allowPositionals: true };
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const known = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    const name = cleanText(token.rawName, LONGEST_SHOWN);
    if (known === undefined) return `there is no option ${name}.${suggest(token.name, Object.keys(options))}`;
    if (known.type === 'boolean' && token.value !== undefined) return `${name} takes no value`;
    if (known.type === 'string' && !isValue(token))
      return `${name} expects a value (${known.value ?? 'VALUE'})`;
  }
  return 'the options cannot be parsed';
}

/**
 * Returns true if the option has a value. An argument that begins with a dash is the next option, unless an equals sign
 * joins it to this one: `--config=-odd`.
 */
function isValue({
  value,
  inlineValue,
}: {
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}): boolean {
  return value !== undefined && (inlineValue === true || !value.startsWith('-') || value === '-');
}

function suggest(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined ? '' : ` Did you mean --${near}?`;
}

/** Returns the name that was probably meant. Undefined if none is similar enough. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(name, known);
  const most = Math.min(MOST_TYPOS, Math.ceil(near.length / 2));
  return distance(name, near) <= most ? near : undefined;
}
