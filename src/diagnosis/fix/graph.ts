/**
 * Commands of Microsoft Graph PowerShell (module Microsoft.Graph.Applications, as of 2026) for the App registration,
 * its enterprise application, secrets and permissions. Only `removeSecret` removes anything, and it asks for
 * confirmation.
 */
import { CLOUDS, EXCHANGE_APP_ID, partlyKnownCloudAt } from '../../model/microsoft365.ts';
import type { Names } from '../names.ts';
import { asOne, lines, quotePowerShell } from './powershell.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** Signs in. Because of `-ContextScope Process`, the sign-in ends when the administrator closes the window. */
function connectGraph(names: Names, ...scopes: readonly string[]): string {
  const list = scopes.map((scope) => quotePowerShell(scope)).join(',');
  return `Connect-MgGraph -TenantId ${quotePowerShell(names.tenant)} -Scopes ${list}${cloudOptions(names)} -ContextScope Process -NoWelcome`;
}

/** Returns the options that select the cloud. Empty for the global cloud, which is the default. */
function cloudOptions({ cloud, authority }: Names): string {
  const partlyKnown = partlyKnownCloudAt(authority);
  if (partlyKnown !== undefined) return ` -Environment ${partlyKnown.graphEnvironment}`;
  if (cloud === 'global') return '';
  const { graphEnvironment, hasGraphClient } = CLOUDS[cloud];
  const client = hasGraphClient ? '' : " -ClientId '<id of an app of yours for Graph PowerShell>'";
  return ` -Environment ${graphEnvironment}${client}`;
}

/** Sets `$sp` to the enterprise application. Exchange needs its object id. */
function findServicePrincipal({ clientId }: Names): string {
  return `$sp = Get-MgServicePrincipal -Filter ${appIdFilter(clientId)}`;
}

/** Sets `$app` to the App registration. */
function findApplication({ clientId }: Names): string {
  return `$app = Get-MgApplication -Filter ${appIdFilter(clientId)}`;
}

/** Doubles a quote in the id twice, once for OData and once for PowerShell. */
function appIdFilter(clientId: string): string {
  return quotePowerShell(`appId eq '${clientId.replaceAll("'", "''")}'`);
}

export function showApplication(names: Names): string {
  return lines(
    connectGraph(names, 'Application.Read.All'),
    `Get-MgApplication -Filter ${appIdFilter(names.clientId)} | Format-List DisplayName,AppId,Id`,
  );
}

/** Shows the object id of the enterprise application. Exchange needs it. A token carries it as `oid`. */
export function showObjectId(names: Names): string {
  return lines(
    connectGraph(names, 'Application.Read.All'),
    `(Get-MgServicePrincipal -Filter ${appIdFilter(names.clientId)}).Id`,
  );
}

export function showEnabled(names: Names): string {
  return lines(
    connectGraph(names, 'Application.Read.All'),
    `Get-MgServicePrincipal -Filter ${appIdFilter(names.clientId)} | Format-List DisplayName,AccountEnabled,DisabledByMicrosoftStatus`,
  );
}

export function enableSignIn(names: Names): string {
  return asOne(
    connectGraph(names, 'Application.ReadWrite.All'),
    findServicePrincipal(names),
    'Update-MgServicePrincipal -ServicePrincipalId $sp.Id -AccountEnabled:$true',
  );
}

export function createServicePrincipal(names: Names): string {
  return lines(
    connectGraph(names, 'Application.ReadWrite.All'),
    `New-MgServicePrincipal -AppId ${quotePowerShell(names.clientId)}`,
  );
}

/**
 * Grants application permissions, by default those of Exchange Online. Existing grants stay. The permissions are not
 * added to the list in the App registration.
 */
export function grantRoles(names: Names, roles: readonly string[], resource = EXCHANGE_APP_ID): string {
  return asOne(
    connectGraph(names, 'Application.Read.All', 'AppRoleAssignment.ReadWrite.All'),
    findServicePrincipal(names),
    `$resource = Get-MgServicePrincipal -Filter ${appIdFilter(resource)}`,
    '$granted = Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $sp.Id -All',
    `foreach ($name in ${roles.map((role) => quotePowerShell(role)).join(', ')}) {`,
    '  $role = $resource.AppRoles | Where-Object Value -eq $name',
    '  if ($granted | Where-Object { $_.ResourceId -eq $resource.Id -and $_.AppRoleId -eq $role.Id }) { continue }',
    '  New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $sp.Id -PrincipalId $sp.Id -ResourceId $resource.Id -AppRoleId $role.Id',
    '}',
  );
}

/**
 * Returns a lifetime of half a year. If the tenant's policy allows less, returns its maximum minus a margin, because
 * some time passes until the request arrives.
 */
function secretLifetime({ policy }: Names): string {
  const longestMs = policy?.longestSecretMs ?? Number.POSITIVE_INFINITY;
  if (longestMs > 184 * DAY_MS) return 'AddMonths(6)';
  return longestMs >= 2 * DAY_MS
    ? `AddDays(${Math.floor(longestMs / DAY_MS) - 1})`
    : `AddMinutes(${Math.floor(longestMs / MINUTE_MS / 2)})`;
}

/** Adds a second secret. The old secret stays valid until it expires. */
export function addSecret(names: Names): string {
  return asOne(
    connectGraph(names, 'Application.ReadWrite.All'),
    findApplication(names),
    `$secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{ displayName = 'mail access'; endDateTime = (Get-Date).${secretLifetime(names)} }`,
    '$secret | Format-List KeyId,EndDateTime,SecretText',
  );
}

const SHOW_SECRETS = '$app.PasswordCredentials | Format-Table KeyId,Hint,DisplayName,EndDateTime';

export function showSecrets(names: Names): string {
  return asOne(connectGraph(names, 'Application.Read.All'), findApplication(names), SHOW_SECRETS);
}

/** `CustomKeyIdentifier` holds the thumbprint as bytes. */
export function showCertificates(names: Names): string {
  return asOne(
    connectGraph(names, 'Application.Read.All'),
    findApplication(names),
    'foreach ($key in $app.KeyCredentials) {',
    "  $thumbprint = foreach ($byte in $key.CustomKeyIdentifier) { $byte.ToString('X2') }",
    "  '{0} until {1} {2}' -f (-join $thumbprint), $key.EndDateTime, $key.DisplayName",
    '}',
  );
}

/**
 * Registers the first certificate of an app. Graph replaces the whole list of certificates
 * (https://learn.microsoft.com/graph/api/application-update), so the command stops if the app already has one.
 */
export function addCertificate(names: Names, file: string): string {
  return asOne(
    connectGraph(names, 'Application.ReadWrite.All'),
    findApplication(names),
    "if ($app.KeyCredentials) { throw 'The app has certificates already, and this would replace them: upload the file in the portal.' }",
    `$certificate = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new("$PWD/${file}")`,
    "Update-MgApplication -ApplicationId $app.Id -KeyCredentials @(@{ type = 'AsymmetricX509Cert'; usage = 'Verify'; key = $certificate.RawData; displayName = 'mail access' })",
  );
}

/**
 * Removes the secret with this key id, after a confirmation. It must run only after a new secret works, because a
 * removed secret cannot be restored.
 */
export function removeSecret(names: Names, keyId: string): string {
  return asOne(
    connectGraph(names, 'Application.ReadWrite.All'),
    findApplication(names),
    SHOW_SECRETS,
    `Remove-MgApplicationPassword -ApplicationId $app.Id -KeyId ${quotePowerShell(keyId)} -Confirm`,
  );
}
