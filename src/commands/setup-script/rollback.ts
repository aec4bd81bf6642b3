/**
 * Renders the commands that undo the set-up of the configured apps: the output of `setup-script --rollback`. An
 * administrator runs them, and each asks before it removes anything. Pure.
 */
import { quotePowerShell } from '../../diagnosis/fix/powershell.ts';
import { CLOUDS, EXCHANGE_APP_ID } from '../../model/microsoft365.ts';
import { factsOf, type Protocol } from '../../model/protocol.ts';
import type { AppPlan, MailboxPlan, TenantPlan } from './plan.ts';

const HEAD = [
  '# Undoes what setup.ps1 has set up. These are commands to paste, part by part, not a script to run: read each',
  '# one first. Whatever removes something asks before it does. The mailboxes and their messages stay as they are; what',
  '# reads them through these applications stops at once, or when its token ends (at most 90 minutes).',
];

export function renderRollback(tenants: readonly TenantPlan[]): string {
  return [...HEAD, ...tenants.flatMap(tenantLines), ''].join('\n');
}

function tenantLines({ tenant, cloud, apps }: TenantPlan): readonly string[] {
  const { exchangeEnvironment, graphEnvironment, hasGraphClient } = CLOUDS[cloud];
  const client = hasGraphClient ? '' : " -ClientId '<id of an app of yours for Graph PowerShell>'";
  return [
    '',
    `# ----- Tenant ${comment(tenant)}, Exchange Online: step 4, in a window of its own. -----`,
    `Connect-ExchangeOnline -ExchangeEnvironmentName ${exchangeEnvironment}`,
    'Get-ConnectionInformation | Format-List UserPrincipalName,TenantID',
    ...apps.flatMap(exchangeLines),
    '',
    `# ----- Tenant ${comment(tenant)}, Microsoft Graph: step 3, in another window. -----`,
    `Connect-MgGraph -TenantId ${quotePowerShell(tenant)} -Scopes 'Application.Read.All','AppRoleAssignment.ReadWrite.All' -Environment ${graphEnvironment}${client} -ContextScope Process -NoWelcome`,
    `$exchange = Get-MgServicePrincipal -Filter "appId eq '${EXCHANGE_APP_ID}'"`,
    ...apps.flatMap(graphLines),
    '# The App registration with its secret and certificates stays: App registrations > the app > Delete. The requested',
    '# permissions go with it, or by hand: API permissions > ... > Remove permission.',
  ];
}

function exchangeLines({ id, clientId, mailboxes }: AppPlan): readonly string[] {
  return [
    '',
    `# app ${comment(id)}: first its permissions, which stay behind as unknown entries otherwise, then its own entry.`,
    `$entry = Get-ServicePrincipal | Where-Object AppId -eq ${quotePowerShell(clientId)}`,
    ...mailboxes.map(
      ({ address }) =>
        `Remove-MailboxPermission -Identity ${quotePowerShell(address)} -User $entry.ObjectId -AccessRights FullAccess`,
    ),
    ...mailboxes.flatMap(switchLines),
    'Remove-ServicePrincipal -Identity $entry.ObjectId',
  ];
}

/**
 * Returns the commands that switch the protocols off, as comments, so that they are not pasted with the rest. The
 * protocol may have been on before, and other programs may need it.
 */
function switchLines({ address, protocols }: MailboxPlan): readonly string[] {
  return protocols.map((protocol: Protocol) => {
    const { name, on } = factsOf(protocol).exchangeSwitch;
    return `# If it was off before: Set-CASMailbox -Identity ${quotePowerShell(address)} -${name} $${String(!on)}`;
  });
}

function graphLines({ id, clientId, roles }: AppPlan): readonly string[] {
  const names = roles.map((role) => quotePowerShell(role)).join(', ');
  const filter = quotePowerShell(`appId eq '${clientId.replaceAll("'", "''")}'`);
  return roles.length === 0
    ? []
    : [
        '',
        `# app ${comment(id)}: the admin consent.`,
        `$sp = Get-MgServicePrincipal -Filter ${filter}`,
        `$roles = $exchange.AppRoles | Where-Object { $_.Value -in ${names} }`,
        'Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $sp.Id -All | Where-Object { $_.ResourceId -eq $exchange.Id -and $_.AppRoleId -in $roles.Id } | ForEach-Object { Remove-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $sp.Id -AppRoleAssignmentId $_.Id -Confirm }',
      ];
}

/** Returns the name on one line, so that it cannot end the comment that holds it. */
function comment(name: string): string {
  return name.replaceAll(/\s+/g, ' ');
}
