/**
 * Steps of a fix in Exchange Online PowerShell (module ExchangeOnlineManagement 3, as of 2026). The first step signs in
 * and inspects. Later steps run in the same window. No step removes anything.
 * No step uses Microsoft Graph, because its module and that of Exchange load the same sign-in library. The second
 * module that connects in a session fails (msgraph-sdk-powershell#3394).
 */
import type { FixStep } from '../../model/diagnosis.ts';
import { CLOUDS, partlyKnownCloudAt } from '../../model/microsoft365.ts';
import { eachProtocol, factsOf, type Protocol } from '../../model/protocol.ts';
import type { Names } from '../names.ts';
import { lines, quotePowerShell } from './powershell.ts';
import { PLACEHOLDERS } from './placeholders.ts';
import { powershell } from './step.ts';

/**
 * The step that signs in and inspects. It also prints the tenant, because in a wrong tenant New-ServicePrincipal would
 * succeed, too, and nobody would notice the mistake.
 */
export function lookInExchange(names: Names, text: string, ...commands: readonly string[]): FixStep {
  const { tenant } = names.known;
  const whose = tenant === undefined ? 'the tenant of the mailboxes' : `the tenant ${tenant}`;
  return powershell(
    `Sign in with an account of ${whose} (the line TenantID shows the tenant). ${text}`,
    lines(
      `Connect-ExchangeOnline${environmentOption(names)}`,
      'Get-ConnectionInformation | Format-List UserPrincipalName,TenantID',
      ...commands,
    ),
  );
}

function environmentOption({ cloud, authority }: Names): string {
  if (partlyKnownCloudAt(authority) !== undefined)
    return ` -ExchangeEnvironmentName ${quotePowerShell(PLACEHOLDERS.exchangeEnvironment)}`;
  return cloud === 'global' ? '' : ` -ExchangeEnvironmentName ${CLOUDS[cloud].exchangeEnvironment}`;
}

/**
 * Shows Exchange's entry for the app. If there is no entry, the app is not registered. If the entry has another
 * ObjectId, the app is registered with the wrong one.
 */
export function showRegistration(names: Names): string {
  return `Get-ServicePrincipal | Where-Object AppId -eq ${quotePowerShell(names.clientId)} | Format-List DisplayName,AppId,ObjectId`;
}

export function register(names: Names): string {
  return `New-ServicePrincipal -AppId ${quotePowerShell(names.clientId)} -ObjectId ${quotePowerShell(objectIdOf(names))} -DisplayName ${quotePowerShell(displayNameOf(names))}`;
}

/**
 * Shows all entries, so that a person can compare names and SIDs. There is no filter by `-User`, because Microsoft
 * documents this parameter for users and groups, but not for service principals.
 */
export function showMailboxPermission(names: Names): string {
  return `Get-MailboxPermission -Identity ${quotePowerShell(names.address)} | Format-Table User,UserSid,AccessRights,Deny`;
}

/** Shows the names under which Exchange may list the app in the permissions of a mailbox. */
export function showOwnNames(names: Names): string {
  return `Get-ServicePrincipal | Where-Object AppId -eq ${quotePowerShell(names.clientId)} | Format-List DisplayName,Identity,ObjectId,Sid`;
}

export function showMailbox(names: Names): string {
  return `Get-EXOMailbox -Identity ${quotePowerShell(names.address)} | Format-List RecipientTypeDetails,PrimarySmtpAddress,UserPrincipalName,EmailAddresses`;
}

export function grantMailbox(names: Names): string {
  return `Add-MailboxPermission -Identity ${quotePowerShell(names.address)} -User ${quotePowerShell(objectIdOf(names))} -AccessRights FullAccess -AutoMapping $false`;
}

/** Returns how Exchange shows that a protocol is on or off: `ImapEnabled False`. */
export function switchState(protocol: Protocol, isOn: boolean): string {
  const { name, on } = factsOf(protocol).exchangeSwitch;
  return `${name} ${on === isOn ? 'True' : 'False'}`;
}

export function showSwitches(names: Names): string {
  const switches = eachProtocol(({ exchangeSwitch }) => exchangeSwitch.name, ',').replaceAll(' ', '');
  return `Get-CASMailbox -Identity ${quotePowerShell(names.address)} | Format-List ${switches}`;
}

export function switchOn(names: Names): string {
  const { name, on } = factsOf(names.protocol).exchangeSwitch;
  return `Set-CASMailbox -Identity ${quotePowerShell(names.address)} -${name} $${String(on)}`;
}

/** Returns the display name to give the app in Exchange. Any name works. */
function displayNameOf({ known, subjects }: Names): string {
  return known.clientId === undefined ? 'mail access' : subjects.app;
}

function objectIdOf({ objectId }: Names): string {
  return objectId ?? PLACEHOLDERS.objectId;
}
