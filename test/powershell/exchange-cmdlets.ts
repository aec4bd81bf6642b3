/**
 * The cmdlets of Exchange Online PowerShell that this project prints, with every parameter that Microsoft documents.
 * Source: https://github.com/MicrosoftDocs/office-docs-powershell (exchange-ps), as of 2026-08-21. Positions are
 * counted from 0 here. `-ServiceId` of New-ServicePrincipal is listed without brackets and called deprecated on the
 * same page, whose example leaves it out: it is optional here. `-WhatIf` and `-Confirm` are where the page lists them.
 */
import type { Cmdlet } from './cmdlet.ts';

const CHANGE = '-WhatIf|wi -Confirm|cf';

function cmdlet(name: string, sets: Cmdlet['sets'], asks = false): Cmdlet {
  const source = `https://learn.microsoft.com/powershell/module/exchangepowershell/${name.toLowerCase()}`;
  return { name, module: 'ExchangeOnlineManagement', source, date: '2026-08-21', sets, asks };
}

const EXO_MAILBOX =
  '-Archive -Async -Filter:string -GroupMailbox -InactiveMailboxOnly -IncludeInactiveMailbox -MailboxPlan:string -Migration -OrganizationalUnit:string -Properties:string[] -PropertySets:PropertySet[] -PublicFolder -RecipientTypeDetails:string[] -ResultSize:Unlimited -SoftDeletedMailbox';
const CAS_MAILBOX =
  '-ActiveSyncDebugLogging -ActiveSyncSuppressReadReceipt -Credential:pscredential -DomainController:Fqdn -Filter:string -IgnoreDefaultScope -Monitoring -OrganizationalUnit:OrganizationalUnitIdParameter -ProtocolSettings -ReadFromDomainController -ResultSize:Unlimited -SortBy:string -ReadIsOptimizedForAccessibility -RecalculateHasActiveSyncDevicePartnership -RecipientTypeDetails:RecipientTypeDetails[]';
const SCOPED = '-DomainController:Fqdn -IgnoreDefaultScope';
const READ_PERMISSION =
  '-Credential:pscredential -DomainController:Fqdn -GroupMailbox -IncludeUserWithDisplayName -ReadFromDomainController -ResultSize:Unlimited -UseCustomRouting';
const INHERITANCE = '-InheritanceType:ActiveDirectorySecurityInheritance';

export const EXCHANGE_CMDLETS: readonly Cmdlet[] = [
  cmdlet('Connect-ExchangeOnline', {
    Default:
      '0-ConnectionUri:string 1-AzureADAuthorizationEndpointUri:string 2-ExchangeEnvironmentName:ExchangeEnvironment 3-PSSessionOption:PSSessionOption 4-DelegatedOrganization:string 5-Prefix:string 6-CommandName:string[] 7-FormatTypeName:string[] -AccessToken:string -AppId:string -BypassMailboxAnchoring -Certificate:X509Certificate2 -CertificateFilePath:string -CertificatePassword:securestring -CertificateThumbprint:string -Credential:pscredential -Device -DisableWAM -EnableErrorReporting -EXOModuleBasePath -InlineCredential -LoadCmdletHelp -LogDirectoryPath:string -LogLevel:LogLevel -ManagedIdentity -ManagedIdentityAccountId:string -Organization:string -PageSize:uint32 -ShowBanner -ShowProgress:bool -SigningCertificate:X509Certificate2 -SkipLoadingCmdletHelp -SkipLoadingFormatData -TrackPerformance:bool -UseMultithreading:bool -UserPrincipalName:string -UseRPSSession',
  }),
  cmdlet(
    'Disconnect-ExchangeOnline',
    {
      DefaultParameterSet: CHANGE,
      ConnectionId: `!-ConnectionId:string[] ${CHANGE}`,
      ModulePrefix: `!-ModulePrefix:string[] ${CHANGE}`,
    },
    true,
  ),
  cmdlet('Get-ConnectionInformation', {
    Default: '',
    ConnectionId: '!-ConnectionId:string[]',
    ModulePrefix: '!-ModulePrefix:string[]',
  }),
  cmdlet('Get-AcceptedDomain', {
    Default: '0-Identity:AcceptedDomainIdParameter -DomainController:Fqdn -ResultSize:Unlimited',
  }),
  cmdlet('Get-ServicePrincipal', {
    Default: '0-Identity:ServicePrincipalIdParameter -Organization:OrganizationIdParameter',
  }),
  cmdlet('New-ServicePrincipal', {
    Default: `!-AppId:string !-ObjectId:string -ServiceId:string -DisplayName:string -Organization:OrganizationIdParameter ${CHANGE}`,
  }),
  cmdlet('Remove-ServicePrincipal', { Default: `!0-Identity:ServicePrincipalIdParameter ${CHANGE}` }, true),
  cmdlet('Get-EXOMailbox', {
    Identity: `0-Identity:string -ExternalDirectoryObjectId:guid -PrimarySmtpAddress:string -UserPrincipalName:string ${EXO_MAILBOX}`,
    Anr: `-Anr:string ${EXO_MAILBOX}`,
  }),
  cmdlet('Get-MailboxPermission', {
    AccessRights: `!0-Identity:MailboxIdParameter -User:SecurityPrincipalIdParameter -SoftDeletedMailbox -IncludeSoftDeletedUserPermissions -IncludeUnresolvedPermissions ${READ_PERMISSION}`,
    Owner: `!0-Identity:MailboxIdParameter -Owner ${READ_PERMISSION}`,
  }),
  cmdlet('Get-EXOMailboxPermission', {
    Default: '-ResultSize:Unlimited',
    Identity:
      '-ExternalDirectoryObjectId:guid -Identity:string -Owner -PrimarySmtpAddress:string -ResultSize:Unlimited -SoftDeletedMailbox -User:string -UserPrincipalName:string',
  }),
  cmdlet('Add-MailboxPermission', {
    AccessRights: `!0-Identity:MailboxIdParameter !-AccessRights:MailboxRights[] !-User:SecurityPrincipalIdParameter -AutoMapping:bool -Deny -GroupMailbox ${INHERITANCE} ${SCOPED} ${CHANGE}`,
    Owner: `!0-Identity:MailboxIdParameter !-Owner:SecurityPrincipalIdParameter -GroupMailbox ${SCOPED} ${CHANGE}`,
    Instance: `0-Identity:MailboxIdParameter !-Instance:MailboxAcePresentationObject -AccessRights:MailboxRights[] -User:SecurityPrincipalIdParameter -AutoMapping:bool -Deny -GroupMailbox ${INHERITANCE} ${SCOPED} ${CHANGE}`,
  }),
  cmdlet(
    'Remove-MailboxPermission',
    {
      AccessRights: `!0-Identity:MailboxIdParameter !-AccessRights:MailboxRights[] !-User:SecurityPrincipalIdParameter -BypassMasterAccountSid -Deny -GroupMailbox -SoftDeletedMailbox ${INHERITANCE} ${SCOPED} ${CHANGE}`,
      Instance: `0-Identity:MailboxIdParameter !-Instance:MailboxAcePresentationObject -AccessRights:MailboxRights[] -Deny -GroupMailbox -User:SecurityPrincipalIdParameter ${INHERITANCE} ${SCOPED} ${CHANGE}`,
      ClearAutoMapping: `!0-Identity:MailboxIdParameter !-ClearAutoMapping -BypassMasterAccountSid ${SCOPED} ${CHANGE}`,
      ResetDefault: `!0-Identity:MailboxIdParameter !-ResetDefault ${SCOPED} ${CHANGE}`,
    },
    true,
  ),
  cmdlet('Get-CASMailbox', {
    Identity: `0-Identity:MailboxIdParameter ${CAS_MAILBOX}`,
    AnrSet: `-Anr:string ${CAS_MAILBOX}`,
  }),
  cmdlet('Set-CASMailbox', {
    Default: `!0-Identity:MailboxIdParameter -ActiveSyncAllowedDeviceIDs:MultiValuedProperty -ActiveSyncBlockedDeviceIDs:MultiValuedProperty -ActiveSyncDebugLogging:bool -ActiveSyncEnabled:bool -ActiveSyncMailboxPolicy:MailboxPolicyIdParameter -ActiveSyncSuppressReadReceipt:bool -DisplayName:string -ECPEnabled:bool -EmailAddresses:ProxyAddressCollection -EwsAllowEntourage:bool -EwsAllowList:MultiValuedProperty -EwsAllowMacOutlook:bool -EwsAllowOutlook:bool -EwsApplicationAccessPolicy:EwsApplicationAccessPolicy -EwsBlockList:MultiValuedProperty -EwsEnabled:bool -HasActiveSyncDevicePartnership:bool -ImapEnabled:bool -ImapEnableExactRFC822Size:bool -ImapMessagesRetrievalMimeFormat:MimeTextFormat -ImapForceICalForCalendarRetrievalOption:bool -ImapSuppressReadReceipt:bool -ImapUseProtocolDefaults:bool -IsOptimizedForAccessibility:bool -MacOutlookEnabled:bool -MAPIBlockOutlookExternalConnectivity:bool -MAPIBlockOutlookNonCachedMode:bool -MAPIBlockOutlookRpcHttp:bool -MAPIBlockOutlookVersions:string -MAPIEnabled:bool -MapiHttpEnabled:bool -Name:string -OneWinNativeOutlookEnabled:bool -OutlookMobileEnabled:bool -OWAEnabled:bool -OWAforDevicesEnabled:bool -OwaMailboxPolicy:MailboxPolicyIdParameter -PopEnabled:bool -PopEnableExactRFC822Size:bool -PopForceICalForCalendarRetrievalOption:bool -PopMessagesRetrievalMimeFormat:MimeTextFormat -PopSuppressReadReceipt:bool -PopUseProtocolDefaults:bool -PrimarySmtpAddress:SmtpAddress -PublicFolderClientAccess:bool -ResetAutoBlockedDevices -SamAccountName:string -ShowGalAsDefaultView:bool -SmtpClientAuthenticationDisabled:bool -UniversalOutlookEnabled:bool ${SCOPED} ${CHANGE}`,
  }),
];
