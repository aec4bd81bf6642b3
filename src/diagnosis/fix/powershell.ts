/**
 * Commands that can be pasted into a production tenant. Every name goes through `quotePowerShell` or `quoteShell`;
 * nothing here removes anything but `removeSecret`, which is a fix's last step and asks. Modules: Microsoft.Graph and ExchangeOnlineManagement, as current in 2026.
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

/** The object id of the enterprise application: what Exchange wants, and what a token carries as `oid`. */
export function showObjectId(names: Names): string {
  return lines(
    connectGraph(names, 'Application.Read.All'),
    `(Get-MgServicePrincipal -Filter ${appIdFilter(names.clientId)}).Id`,
  );
}

/**
 * Nothing of Microsoft Graph in here: its module and Exchange's bring the same sign-in library, and whichever
 * connects second within one session fails (msgraph-sdk-powershell#3394).
 */
export function registerInExchange(names: Names): string {
  return lines(
    connectExchange(names),
    `New-ServicePrincipal -AppId ${quotePowerShell(names.clientId)} -ObjectId ${quotePowerShell(objectIdOf(names))} -DisplayName ${quotePowerShell(displayNameOf(names))}`,
  );
}

export function grantMailbox(names: Names): string {
  return lines(
    connectExchange(names),
    `Add-MailboxPermission -Identity ${quotePowerShell(names.address)} -User ${quotePowerShell(objectIdOf(names))} -AccessRights FullAccess -AutoMapping $false`,
  );
}

/** How the app shows in Exchange's own lists; nothing depends on it. */
function displayNameOf({ clientId, subjects }: Names): string {
  return clientId.startsWith('<') ? 'mail access' : subjects.app;
}

function objectIdOf({ objectId }: Names): string {
  return objectId ?? '<object id>';
}

/** Grants application permissions, of Exchange Online unless said: adds and consents to them in one go. */
export function grantRoles(names: Names, roles: readonly string[], resource = EXCHANGE_APP_ID): string {
  return lines(
    connectGraph(names, 'Application.Read.All', 'AppRoleAssignment.ReadWrite.All'),
    findServicePrincipal(names),
    `$resource = Get-MgServicePrincipal -Filter ${appIdFilter(resource)}`,
    ...roles.flatMap((role) => [
      `$role = $resource.AppRoles | Where-Object Value -eq ${quotePowerShell(role)}`,
      'New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $sp.Id -PrincipalId $sp.Id -ResourceId $resource.Id -AppRoleId $role.Id',
    ]),
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

/**
 * Takes the credential in use out of the registration, and asks before it does. Only for when a new one works:
 * what was removed cannot be brought back.
 */
export function removeSecret(names: Names, keyId: string): string {
  return lines(
    connectGraph(names, 'Application.ReadWrite.All'),
    findApplication(names),
    '$app.PasswordCredentials | Format-Table KeyId,Hint,DisplayName,EndDateTime',
    `Remove-MgApplicationPassword -ApplicationId $app.Id -KeyId ${quotePowerShell(keyId)} -Confirm`,
  );
}

export function lines(...all: readonly string[]): string {
  return all.join('\n');
}
