/**
 * Renders the part of the set-up script that differs from one configuration to the next: `$tenants`, and `$protocols`,
 * as PowerShell data. Every value of the configuration goes through `literal.ts`, and none is a secret. Used by
 * `script.ts`.
 */
import { CLOUDS } from '../../model/microsoft365.ts';
import { factsOf, PROTOCOL_IDS } from '../../model/protocol.ts';
import { boolLiteral, listLiteral, textLiteral } from './literal.ts';
import type { AppPlan, MailboxPlan, TenantPlan } from './plan.ts';

/** Renders the name of each protocol, and the parameter that switches it on for a mailbox. */
export function renderProtocols(): string {
  const entries = PROTOCOL_IDS.map((protocol) => {
    const { name, exchangeSwitch } = factsOf(protocol);
    const members = [
      `Name = ${textLiteral(name)}`,
      `Parameter = ${textLiteral(exchangeSwitch.name)}`,
      `On = ${boolLiteral(exchangeSwitch.on)}`,
    ];
    return `    ${protocol} = @{ ${members.join('; ')} }`;
  });
  return ['$protocols = @{', ...entries, '}'].join('\n');
}

export function renderTenants(tenants: readonly TenantPlan[]): string {
  return block('$tenants = ', tenants.map(tenantLines)).join('\n');
}

function tenantLines({ tenant, cloud, apps }: TenantPlan): readonly string[] {
  return entry([
    `Tenant              = ${textLiteral(tenant)}`,
    `GraphEnvironment    = ${textLiteral(CLOUDS[cloud].graphEnvironment)}`,
    `ExchangeEnvironment = ${textLiteral(CLOUDS[cloud].exchangeEnvironment)}`,
    ...block('Apps                = ', apps.map(appLines)),
  ]);
}

function appLines(app: AppPlan): readonly string[] {
  return entry([
    `Id              = ${textLiteral(app.id)}`,
    `ClientId        = ${textLiteral(app.clientId)}`,
    `Credential      = ${textLiteral(app.credential)}`,
    `CredentialPlace = ${textLiteral(app.credentialLocation)}`,
    `Roles           = ${listLiteral(app.roles)}`,
    ...block('Mailboxes       = ', app.mailboxes.map(mailboxLines)),
  ]);
}

function mailboxLines({ address, protocols }: MailboxPlan): readonly string[] {
  return [`@{ Address = ${textLiteral(address)}; Protocols = ${listLiteral(protocols)} }`];
}

/** Renders a hash table, with one member per line. */
function entry(members: readonly string[]): readonly string[] {
  return ['@{', ...indented(members), '}'];
}

/** Renders an array of these entries. PowerShell keeps it an array even with a single entry. */
function block(head: string, entries: readonly (readonly string[])[]): readonly string[] {
  return entries.length === 0 ? [`${head}@()`] : [`${head}@(`, ...indented(entries.flat()), ')'];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}
