/**
 * Writes PowerShell modules out of the tables: functions with the documented names, types, parameter sets, switches
 * and mandatory flags, whose bodies ask `simulation.ts` what happens. As in life, most of Exchange's cmdlets exist
 * only while a window is connected, and Graph's obey the preferences of their caller.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cmdlet, MODULE_NAMES, type ModuleName, type Parameter, parametersOf } from './cmdlet.ts';
import { EXCHANGE_CMDLETS } from './exchange-cmdlets.ts';
import { GRAPH_CMDLETS } from './graph-cmdlets.ts';

export const CMDLETS: readonly Cmdlet[] = [...GRAPH_CMDLETS, ...EXCHANGE_CMDLETS];

export interface ModuleOptions {
  /** `undefined`: not installed. */
  readonly versions?: Partial<Readonly<Record<ModuleName, string | undefined>>>;
  /** Importing them fails with this message. */
  readonly failing?: Partial<Readonly<Record<ModuleName, string>>>;
}

const VERSIONS: Readonly<Record<ModuleName, string>> = {
  'Microsoft.Graph.Authentication': '2.40.0',
  'Microsoft.Graph.Applications': '2.40.0',
  ExchangeOnlineManagement: '3.10.1',
};

/** Built into the module; the others come with a connection. */
const BUILT_IN = /^(?:Connect|Disconnect)-|-EXO|ConnectionInformation$/;

/** Into a folder that goes into `PSModulePath`. */
export async function generateModules(directory: string, options: ModuleOptions = {}): Promise<void> {
  for (const name of MODULE_NAMES) {
    const version = { ...VERSIONS, ...options.versions }[name];
    if (version === undefined) continue;
    const folder = join(directory, name, version);
    await mkdir(folder, { recursive: true });
    const own = CMDLETS.filter(({ module }) => module === name);
    const isExchange = name === 'ExchangeOnlineManagement';
    const first = isExchange ? own.filter((cmdlet) => BUILT_IN.test(cmdlet.name)) : own;
    const failing = options.failing?.[name];
    await writeFile(
      join(folder, `${name}.psm1`),
      failing === undefined ? moduleText(first) : `throw '${failing.replaceAll("'", "''")}'\n`,
    );
    await writeFile(join(folder, `${name}.psd1`), manifest(name, version, first));
    if (isExchange) {
      await writeFile(
        join(folder, 'connected.psm1'),
        moduleText(own.filter((each) => !first.includes(each))),
      );
    }
  }
}

function manifest(name: ModuleName, version: string, cmdlets: readonly Cmdlet[]): string {
  const needs =
    name === 'Microsoft.Graph.Applications' ? "RequiredModules = @('Microsoft.Graph.Authentication')" : '';
  const exported = cmdlets.map((cmdlet) => `'${cmdlet.name}'`).join(', ');
  return `@{\nRootModule = '${name}.psm1'\nModuleVersion = '${version}'\nFunctionsToExport = @(${exported})\n${needs}\n}\n`;
}

function moduleText(cmdlets: readonly Cmdlet[]): string {
  const exported = cmdlets.map(({ name }) => `'${name}'`).join(', ');
  return [CALL, ...cmdlets.map(functionText), `Export-ModuleMember -Function @(${exported})`, ''].join('\n');
}

/** What all functions of a module share. */
const CALL = String.raw`
function ConvertTo-Plain {
    param($Value)
    if ($Value -is [switch]) { return [bool] $Value }
    if ($Value -is [datetime]) { return $Value.ToUniversalTime().ToString('o') }
    # A list of one stays a list.
    if ($Value -is [array]) { return , $Value }
    return $Value
}

function Invoke-Simulation {
    param($Cmdlet, $Bound, [bool] $Changes, [bool] $Inherits)
    $caller = $Cmdlet.SessionState.PSVariable
    $name = $Cmdlet.MyInvocation.MyCommand.Name
    if ($Changes) {
        if (-not $Bound.ContainsKey('WhatIf')) { $WhatIfPreference = $caller.GetValue('WhatIfPreference') }
        if (-not $Bound.ContainsKey('Confirm')) { $ConfirmPreference = $caller.GetValue('ConfirmPreference') }
        if (-not $Cmdlet.ShouldProcess('the simulated tenant', $name)) { return }
    }
    $parameters = @{}
    foreach ($key in $Bound.Keys) { $parameters[$key] = ConvertTo-Plain $Bound[$key] }
    $body = Microsoft.PowerShell.Utility\ConvertTo-Json -Depth 9 -Compress @{
        window = $global:SimulationWindow; cmdlet = $name; set = $Cmdlet.ParameterSetName; parameters = $parameters
    }
    $answer = Microsoft.PowerShell.Utility\Invoke-RestMethod -Uri $global:SimulationUrl -Method Post -Body ([System.Text.Encoding]::UTF8.GetBytes($body)) -ContentType 'application/json' -ErrorAction Stop
    foreach ($text in $answer.warnings) { $Cmdlet.WriteWarning($text) }
    if ($answer.connected -eq $true) { Import-Module (Join-Path $PSScriptRoot 'connected.psm1') -Global -DisableNameChecking }
    if ($answer.connected -eq $false) { Get-Module connected | Remove-Module }
    if ($answer.error) {
        $record = [System.Management.Automation.ErrorRecord]::new([exception]::new($answer.error), 'Simulated', 'NotSpecified', $null)
        $stops = $Inherits -and -not $Bound.ContainsKey('ErrorAction') -and $caller.GetValue('ErrorActionPreference') -eq 'Stop'
        if ($answer.terminating -or $stops) { $Cmdlet.ThrowTerminatingError($record) }
        $Cmdlet.WriteError($record)
        return
    }
    foreach ($item in $answer.output) {
        # What a model of the module does not know is in a dictionary, as in life.
        if ($item.AdditionalProperties) {
            $more = @{}
            foreach ($property in $item.AdditionalProperties.PSObject.Properties) { $more[$property.Name] = $property.Value }
            $item.AdditionalProperties = $more
        }
        $item
    }
}
`;

function functionText(cmdlet: Cmdlet): string {
  const sets = Object.entries(cmdlet.sets).map(([set, text]) => [set, parametersOf(text)] as const);
  const all = sets.flatMap(([, parameters]) => parameters);
  const changes = all.some(({ name }) => name === 'WhatIf');
  const names = [...new Set(all.map(({ name }) => name))].filter(
    (name) => !/^(?:WhatIf|Confirm)$/.test(name),
  );
  const settings = [
    `DefaultParameterSetName = '${sets[0]?.[0] ?? 'Default'}'`,
    'PositionalBinding = $false',
    ...(changes ? ['SupportsShouldProcess'] : []),
    ...(cmdlet.asks === true ? ["ConfirmImpact = 'High'"] : []),
  ];
  const parameters = names.map((name) => parameterText(name, sets, all));
  const inherits = cmdlet.module !== 'ExchangeOnlineManagement';
  return [
    `function ${cmdlet.name} {`,
    `    [CmdletBinding(${settings.join(', ')})]`,
    `    param(${parameters.join(',')}\n    )`,
    `    process { Invoke-Simulation $PSCmdlet $PSBoundParameters ${literal(changes)} ${literal(inherits)} }`,
    '}',
    '',
  ].join('\n');
}

function parameterText(
  name: string,
  sets: readonly (readonly [string, readonly Parameter[]])[],
  all: readonly Parameter[],
): string {
  const first = all.find((parameter) => parameter.name === name);
  if (all.some((other) => other.name === name && other.type !== first?.type)) {
    throw new Error(`-${name} has two types`);
  }
  const attributes = sets.flatMap(([set, parameters]) => {
    const own = parameters.find((parameter) => parameter.name === name);
    if (own === undefined) return [];
    const position = own.position === undefined ? '' : `, Position = ${own.position}`;
    const pipeline =
      /^(?:InputObject|Identity)$/.test(name) && own.type !== undefined ? ', ValueFromPipeline' : '';
    return [
      `[Parameter(ParameterSetName = '${set}'${own.mandatory ? ', Mandatory' : ''}${position}${pipeline})]`,
    ];
  });
  const aliases = first?.aliases ?? [];
  const alias = aliases.length === 0 ? '' : `[Alias(${aliases.map((each) => `'${each}'`).join(', ')})]`;
  return `\n        ${attributes.join('')}${alias}${typeText(first?.type)} \${${name}}`;
}

/** Values that Microsoft lists for a type of its own. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  ContextScope: ['Process', 'CurrentUser'],
  ExchangeEnvironment: ['O365Default', 'O365GermanyCloud', 'O365China', 'O365USGovGCCHigh', 'O365USGovDoD'],
  'MailboxRights[]': [
    'ChangeOwner',
    'ChangePermission',
    'DeleteItem',
    'ExternalAccount',
    'FullAccess',
    'ReadPermission',
    'SendAs',
  ],
};

const OWN =
  /^(?:string|int|uint32|bool|double|datetime|hashtable|guid|uri|pscredential|securestring)(?:\[\])?$/;

function typeText(type: string | undefined): string {
  if (type === undefined) return '[switch]';
  const values = VALUES[type];
  const set = values === undefined ? '' : `[ValidateSet(${values.map((each) => `'${each}'`).join(', ')})]`;
  if (values !== undefined || /IdParameter|Fqdn|Unlimited|SmtpAddress/.test(type)) {
    return `${set}[string${type.endsWith('[]') ? '[]' : ''}]`;
  }
  if (OWN.test(type)) return `[${type}]`;
  return type.endsWith('[]') ? '[object[]]' : '[object]';
}

function literal(value: boolean): string {
  return value ? '$true' : '$false';
}
