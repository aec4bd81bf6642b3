/**
 * Commands that can be pasted into a production tenant. Every name goes through `quotePowerShell` or `quoteShell`;
 * nothing here removes anything. Modules: Microsoft.Graph and ExchangeOnlineManagement, as current in 2026.
 */
import type { Cloud } from '../../model/target.ts';
import { EXCHANGE_APP_ID, type Names } from '../names.ts';

/**
 * A single-quoted PowerShell string. PowerShell ends such a string at a typographic quote too, so those are
 * doubled as well (about_Quoting_Rules). Control characters, which no name needs, are dropped.
 */
export function quotePowerShell(text: string): string {
  return `'${withoutControls(text).replace(/['\u2018\u2019\u201A\u201B]/g, '$&$&')}'`;
}

/** A single-quoted POSIX shell word. */
export function quoteShell(text: string): string {
  const clean = withoutControls(text);
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", String.raw`'\''`)}'`;
}

function withoutControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the control characters are what this removes
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g, '');
}

const GRAPH_ENVIRONMENT: Readonly<Record<Cloud, string>> = {
  global: '',
  'gcc-high': ' -Environment USGov',
  dod: ' -Environment USGovDoD',
  china: ' -Environment China',
};

const EXCHANGE_ENVIRONMENT: Readonly<Record<Cloud, string>> = {
  global: '',
  'gcc-high': ' -ExchangeEnvironmentName O365USGovGCCHigh',
  dod: ' -ExchangeEnvironmentName O365USGovDoD',
  china: ' -ExchangeEnvironmentName O365China',
};

export function connectGraph(names: Names, ...scopes: readonly string[]): string {
  const list = scopes.map((scope) => quotePowerShell(scope)).join(',');
  return `Connect-MgGraph -TenantId ${quotePowerShell(names.tenant)} -Scopes ${list}${GRAPH_ENVIRONMENT[names.cloud]}`;
}

export function connectExchange(names: Names): string {
  return `Connect-ExchangeOnline${EXCHANGE_ENVIRONMENT[names.cloud]}`;
}

/** `$sp`: the enterprise application, whose Id is what Exchange wants. */
export function findServicePrincipal(names: Names): string {
  return `$sp = Get-MgServicePrincipal -Filter ${appIdFilter(names.clientId)}`;
}

/** `$app`: the App registration. */
export function findApplication(names: Names): string {
  return `$app = Get-MgApplication -Filter ${appIdFilter(names.clientId)}`;
}

/** OData doubles a quote as well, hence the two layers. */
function appIdFilter(clientId: string): string {
  return quotePowerShell(`appId eq '${clientId.replaceAll("'", "''")}'`);
}

/** Exchange's entry for the app: empty is not registered, another ObjectId is the wrong one. */
export function showExchangeRegistration(names: Names): string {
  return `Get-ServicePrincipal | Where-Object AppId -eq ${quotePowerShell(names.clientId)} | Format-List DisplayName,AppId,ObjectId`;
}

/** Where the object id is not known, it is looked up first. */
export function registerInExchange(names: Names): string {
  if (names.objectId !== undefined) {
    return lines(
      connectExchange(names),
      `New-ServicePrincipal -AppId ${quotePowerShell(names.clientId)} -ObjectId ${quotePowerShell(names.objectId)} -DisplayName ${quotePowerShell(names.app)}`,
    );
  }
  return lines(
    connectGraph(names, 'Application.Read.All'),
    findServicePrincipal(names),
    connectExchange(names),
    `New-ServicePrincipal -AppId $sp.AppId -ObjectId $sp.Id -DisplayName $sp.DisplayName`,
  );
}

export function grantMailbox(names: Names): string {
  if (names.objectId !== undefined) {
    return lines(
      connectExchange(names),
      `Add-MailboxPermission -Identity ${quotePowerShell(names.address)} -User ${quotePowerShell(names.objectId)} -AccessRights FullAccess -AutoMapping $false`,
    );
  }
  return lines(
    connectGraph(names, 'Application.Read.All'),
    findServicePrincipal(names),
    connectExchange(names),
    `Add-MailboxPermission -Identity ${quotePowerShell(names.address)} -User $sp.Id -AccessRights FullAccess -AutoMapping $false`,
  );
}

/** Grants one application permission, of Exchange Online unless said: adds and consents to it in one go. */
export function grantRole(names: Names, role = names.role, resource = EXCHANGE_APP_ID): string {
  return lines(
    connectGraph(names, 'Application.Read.All', 'AppRoleAssignment.ReadWrite.All'),
    findServicePrincipal(names),
    `$resource = Get-MgServicePrincipal -Filter ${appIdFilter(resource)}`,
    `$role = $resource.AppRoles | Where-Object Value -eq ${quotePowerShell(role)}`,
    'New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $sp.Id -PrincipalId $sp.Id -ResourceId $resource.Id -AppRoleId $role.Id',
  );
}

/** A further secret beside the old one, which stays valid until its own end. */
export function addSecret(names: Names): string {
  return lines(
    connectGraph(names, 'Application.ReadWrite.All'),
    findApplication(names),
    `$secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{ displayName = 'mail access'; endDateTime = (Get-Date).AddMonths(6) }`,
    '$secret | Format-List KeyId,EndDateTime,SecretText',
  );
}

export function showCredentials(names: Names): string {
  return lines(
    connectGraph(names, 'Application.Read.All'),
    findApplication(names),
    '$app.PasswordCredentials | Format-Table KeyId,Hint,DisplayName,EndDateTime',
    '$app.KeyCredentials | Format-Table KeyId,DisplayName,EndDateTime,Type,Usage',
  );
}

export function lines(...all: readonly string[]): string {
  return all.join('\n');
}
