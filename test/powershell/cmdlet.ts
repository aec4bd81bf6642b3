/**
 * What Microsoft documents of a cmdlet, as data, and the notation of the two tables `graph-cmdlets.ts` and
 * `exchange-cmdlets.ts`. A set lists its parameters, parted by blanks: `-Filter:string` optional, `!-User:string`
 * mandatory, `-All` a switch, `0-Identity:string` positional, `-Scopes|Scope:string[]` with aliases.
 */
export interface Cmdlet {
  readonly name: string;
  readonly module: ModuleName;
  /** The page of Microsoft's reference, and the date of the text that was read. */
  readonly source: string;
  readonly date: string;
  /** By the name of the parameter set; the first is the default. */
  readonly sets: Readonly<Record<string, string>>;
  /** Removing asks by itself (`ConfirmImpact` High). */
  readonly asks?: boolean;
}

export const MODULE_NAMES = [
  'Microsoft.Graph.Authentication',
  'Microsoft.Graph.Applications',
  'ExchangeOnlineManagement',
] as const;
export type ModuleName = (typeof MODULE_NAMES)[number];

export interface Parameter {
  readonly name: string;
  readonly aliases: readonly string[];
  /** As documented; absent for a switch. */
  readonly type: string | undefined;
  readonly mandatory: boolean;
  readonly position: number | undefined;
}

const NOTATION = /^(!?)(\d*)-([A-Za-z0-9]+)((?:\|[A-Za-z0-9]+)*)(?::(\S+))?$/;

export function parametersOf(set: string): readonly Parameter[] {
  return set
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(parameterOf);
}

function parameterOf(word: string): Parameter {
  const [whole, mark, position = '', name = '', aliases = '', type] = NOTATION.exec(word) ?? [];
  if (whole === undefined) throw new Error(`not a parameter: ${word}`);
  return {
    name,
    aliases: aliases.split('|').filter((alias) => alias !== ''),
    type,
    mandatory: mark === '!',
    position: position === '' ? undefined : Number(position),
  };
}
