/**
 * Steps in Exchange Online PowerShell (module ExchangeOnlineManagement 3, as current in 2026). A fix signs in once, in
 * the step that inspects. Later steps run in the same window. No step removes anything. No step uses Microsoft Graph,
 * because its module and that of Exchange load the same sign-in library, and the second one to connect in a session
 * fails (msgraph-sdk-powershell#3394).
 */
import type { FixStep } from '../../model/diagnosis.ts';
import { CLOUDS, partlyKnownCloudAt } from '../../model/microsoft365.ts';
import { eachProtocol, factsOf, type Protocol } from '../../model/protocol.ts';
import type { Names } from '../names.ts';
import { lines, quotePowerShell } from './powershell.ts';
import { PLACEHOLDERS } from './placeholders.ts';
import { powershell } from './step.ts';

/**
 * The step that signs in and inspects. It also prints the tenant, because New-ServicePrincipal accepts any ids in any
 * tenant.
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
 * Shows Exchange's entry for the app. If nothing is shown, the app is not registered. If another ObjectId is shown, the
 * app is registered with the wrong one.
 */
export function showRegistration(names: Names): string {
  return `Get-ServicePrincipal | Where-Object AppId -eq ${quotePowerShell(names.clientId)} | Format-List DisplayName,AppId,ObjectId`;
}

export function register(names: Names): string {
  return `New-ServicePrincipal -AppId ${quotePowerShell(names.clientId)} -ObjectId ${quotePowerShell(objectIdOf(names))} -DisplayName ${quotePowerShell(displayNameOf(names))}`;
}

/**
 * Shows all entries, to be compared by name or SID. It does not filter by `-User`, which is documented for users and
 * groups, not for service principals.
 */
export function showMailboxPermission(names: Names): string {
  return `Get-MailboxPermission -Identity ${quotePowerShell(names.address)} | Format-Table User,UserSid,AccessRights,Deny`;
}

/** Shows the names by which Exchange may list the app among the permissions of a mailbox. */
export function showOwnNames(names: Names): string {
  return `Get-ServicePrincipal | Where-Object AppId -eq ${quotePowerShell(names.clientId)} | Format-List DisplayName,Identity,ObjectId,Sid`;
}

export function showMailbox(names: Names): string {
  return `Get-EXOMailbox -Identity ${quotePowerShell(names.address)} | Format-List RecipientTypeDetails,PrimarySmtpAddress,UserPrincipalName,EmailAddresses`;
}

export function grantMailbox(names: Names): string {
  return `Add-MailboxPermission -Identity ${quotePowerShell(names.address)} -User ${quotePowerShell(objectIdOf(names))} -AccessRights FullAccess -AutoMapping $false`;
}

/** Returns how Exchange shows that a protocol is on or off, such as `ImapEnabled False`. */
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

/** Returns the name of the app for the lists of Exchange. Nothing depends on it. */
function displayNameOf({ known, subjects }: Names): string {
  return known.clientId === undefined ? 'mail access' : subjects.app;
}

function objectIdOf({ objectId }: Names): string {
  return objectId ?? PLACEHOLDERS.objectId;
}
