/**
 * The cmdlets of Microsoft Graph PowerShell that this project prints, with every parameter that Microsoft documents.
 * Source: https://github.com/MicrosoftDocs/microsoftgraph-docs-powershell (graph-powershell-1.0), pages dated
 * 2026-01-30. Parameters whose type is one of the module's own classes are taken as objects.
 */
import type { Cmdlet, ModuleName } from './cmdlet.ts';

const HTTP =
  '-ResponseHeadersVariable|RHV:string -Break -Headers:IDictionary -HttpPipelineAppend:SendAsyncStep[] -HttpPipelinePrepend:SendAsyncStep[] -Proxy:uri -ProxyCredential:pscredential -ProxyUseDefaultCredentials';
const READ = `-ExpandProperty|Expand:string[] -Property|Select:string[] ${HTTP}`;
const LIST = `${READ} -Filter:string -Search:string -Skip:int -Sort|OrderBy:string[] -Top|Limit:int -ConsistencyLevel:string -PageSize:int -All -CountVariable|CV:string`;
const CHANGE = `${HTTP} -WhatIf|wi -Confirm|cf`;
const IDENTITY = '!-InputObject:IApplicationsIdentity';

function cmdlet(
  name: string,
  sets: Cmdlet['sets'],
  module: ModuleName = 'Microsoft.Graph.Applications',
): Cmdlet {
  const page = `${module.toLowerCase()}/${name.toLowerCase()}`;
  const source = `https://learn.microsoft.com/powershell/module/${page}`;
  return { name, module, source, date: '2026-01-30', sets };
}

const APPLICATION =
  '-AddIns:IMicrosoftGraphAddIn[] -AdditionalProperties:hashtable -Api:IMicrosoftGraphApiApplication -AppId:string -AppManagementPolicies:IMicrosoftGraphAppManagementPolicy[] -AppRoles:IMicrosoftGraphAppRole[] -ApplicationTemplateId:string -AuthenticationBehaviors:IMicrosoftGraphAuthenticationBehaviors -Certification:IMicrosoftGraphCertification -CreatedDateTime:datetime -CreatedOnBehalfOf:IMicrosoftGraphDirectoryObject -DefaultRedirectUri:string -DeletedDateTime:datetime -Description:string -DisabledByMicrosoftStatus:string -DisplayName:string -ExtensionProperties:IMicrosoftGraphExtensionProperty[] -FederatedIdentityCredentials:IMicrosoftGraphFederatedIdentityCredential[] -GroupMembershipClaims:string -HomeRealmDiscoveryPolicies:IMicrosoftGraphHomeRealmDiscoveryPolicy[] -Id:string -IdentifierUris:string[] -Info:IMicrosoftGraphInformationalUrl -IsDeviceOnlyAuthSupported -IsFallbackPublicClient -KeyCredentials:IMicrosoftGraphKeyCredential[] -LogoInputFile:string -NativeAuthenticationApisEnabled:string -Notes:string -Oauth2RequirePostResponse -OptionalClaims:IMicrosoftGraphOptionalClaims -Owners:IMicrosoftGraphDirectoryObject[] -ParentalControlSettings:IMicrosoftGraphParentalControlSettings -PasswordCredentials:IMicrosoftGraphPasswordCredential[] -PublicClient:IMicrosoftGraphPublicClientApplication -PublisherDomain:string -RequestSignatureVerification:IMicrosoftGraphRequestSignatureVerification -RequiredResourceAccess:IMicrosoftGraphRequiredResourceAccess[] -SamlMetadataUrl:string -ServiceManagementReference:string -ServicePrincipalLockConfiguration:IMicrosoftGraphServicePrincipalLockConfiguration -SignInAudience:string -Spa:IMicrosoftGraphSpaApplication -Synchronization:IMicrosoftGraphSynchronization -Tags:string[] -TokenEncryptionKeyId:string -TokenIssuancePolicies:IMicrosoftGraphTokenIssuancePolicy[] -TokenLifetimePolicies:IMicrosoftGraphTokenLifetimePolicy[] -UniqueName:string -VerifiedPublisher:IMicrosoftGraphVerifiedPublisher -Web:IMicrosoftGraphWebApplication';

const PRINCIPAL =
  '-AccountEnabled -AddIns:IMicrosoftGraphAddIn[] -AdditionalProperties:hashtable -AlternativeNames:string[] -AppDescription:string -AppDisplayName:string -AppId:string -AppManagementPolicies:IMicrosoftGraphAppManagementPolicy[] -AppOwnerOrganizationId:string -AppRoleAssignedTo:IMicrosoftGraphAppRoleAssignment[] -AppRoleAssignmentRequired -AppRoleAssignments:IMicrosoftGraphAppRoleAssignment[] -AppRoles:IMicrosoftGraphAppRole[] -ApplicationTemplateId:string -ClaimsMappingPolicies:IMicrosoftGraphClaimsMappingPolicy[] -CreatedObjects:IMicrosoftGraphDirectoryObject[] -CustomSecurityAttributes:hashtable -DelegatedPermissionClassifications:IMicrosoftGraphDelegatedPermissionClassification[] -DeletedDateTime:datetime -Description:string -DisabledByMicrosoftStatus:string -DisplayName:string -Endpoints:IMicrosoftGraphEndpoint[] -FederatedIdentityCredentials:IMicrosoftGraphFederatedIdentityCredential[] -HomeRealmDiscoveryPolicies:IMicrosoftGraphHomeRealmDiscoveryPolicy[] -Homepage:string -Id:string -Info:IMicrosoftGraphInformationalUrl -KeyCredentials:IMicrosoftGraphKeyCredential[] -LoginUrl:string -LogoutUrl:string -MemberOf:IMicrosoftGraphDirectoryObject[] -Notes:string -NotificationEmailAddresses:string[] -Oauth2PermissionGrants:IMicrosoftGraphOAuth2PermissionGrant[] -Oauth2PermissionScopes:IMicrosoftGraphPermissionScope[] -OwnedObjects:IMicrosoftGraphDirectoryObject[] -Owners:IMicrosoftGraphDirectoryObject[] -PasswordCredentials:IMicrosoftGraphPasswordCredential[] -PreferredSingleSignOnMode:string -PreferredTokenSigningKeyThumbprint:string -RemoteDesktopSecurityConfiguration:IMicrosoftGraphRemoteDesktopSecurityConfiguration -ReplyUrls:string[] -ResourceSpecificApplicationPermissions:IMicrosoftGraphResourceSpecificPermission[] -SamlSingleSignOnSettings:IMicrosoftGraphSamlSingleSignOnSettings -ServicePrincipalNames:string[] -ServicePrincipalType:string -SignInAudience:string -Synchronization:IMicrosoftGraphSynchronization -Tags:string[] -TokenEncryptionKeyId:string -TokenIssuancePolicies:IMicrosoftGraphTokenIssuancePolicy[] -TokenLifetimePolicies:IMicrosoftGraphTokenLifetimePolicy[] -TransitiveMemberOf:IMicrosoftGraphDirectoryObject[] -VerifiedPublisher:IMicrosoftGraphVerifiedPublisher';

const ASSIGNMENT =
  '-AdditionalProperties:hashtable -AppRoleId:string -CreatedDateTime:datetime -DeletedDateTime:datetime -Id:string -PrincipalDisplayName:string -PrincipalId:string -PrincipalType:string -ResourceDisplayName:string -ResourceId:string';

const SIGN_IN = '-Environment|EnvironmentName|NationalCloud:string -ClientTimeout:double -NoWelcome -Break';

export const GRAPH_CMDLETS: readonly Cmdlet[] = [
  cmdlet(
    'Connect-MgGraph',
    {
      UserParameterSet: `0-Scopes:string[] 1-TenantId|Audience|Tenant:string -ClientId|AppId|ApplicationId:string -ContextScope:ContextScope -UseDeviceCode|UseDeviceAuthentication|DeviceCode|DeviceAuth|Device ${SIGN_IN}`,
      AppCertificateParameterSet: `!0-ClientId|AppId|ApplicationId:string 1-CertificateSubjectName|CertificateSubject|CertificateName:string 2-CertificateThumbprint:string -SendCertificateChain:bool -Certificate:X509Certificate2 -TenantId|Audience|Tenant:string -ContextScope:ContextScope ${SIGN_IN}`,
      IdentityParameterSet: `0-Identity|ManagedIdentity|ManagedServiceIdentity|MSI -ClientId|AppId|ApplicationId:string -ContextScope:ContextScope ${SIGN_IN}`,
      AppSecretCredentialParameterSet: `-ClientSecretCredential|SecretCredential|Credential:pscredential -TenantId|Audience|Tenant:string -ContextScope:ContextScope ${SIGN_IN}`,
      AccessTokenParameterSet: `!0-AccessToken:securestring ${SIGN_IN}`,
      EnvironmentVariableParameterSet: `-ContextScope:ContextScope -EnvironmentVariable ${SIGN_IN}`,
    },
    'Microsoft.Graph.Authentication',
  ),
  cmdlet('Disconnect-MgGraph', { Default: '' }, 'Microsoft.Graph.Authentication'),
  cmdlet('Get-MgContext', { Default: '' }, 'Microsoft.Graph.Authentication'),
  cmdlet('Get-MgApplication', {
    List: LIST,
    Get: `!-ApplicationId|ObjectId:string ${READ}`,
    GetViaIdentity: `${IDENTITY} ${READ}`,
  }),
  cmdlet('Update-MgApplication', {
    UpdateExpanded: `!-ApplicationId|ObjectId:string ${APPLICATION} ${CHANGE}`,
    Update: `!-ApplicationId|ObjectId:string !-BodyParameter:IMicrosoftGraphApplication ${CHANGE}`,
    UpdateViaIdentityExpanded: `${IDENTITY} ${APPLICATION} ${CHANGE}`,
    UpdateViaIdentity: `${IDENTITY} !-BodyParameter:IMicrosoftGraphApplication ${CHANGE}`,
  }),
  cmdlet('Add-MgApplicationPassword', {
    AddExpanded: `!-ApplicationId|ObjectId:string -AdditionalProperties:hashtable -PasswordCredential:IMicrosoftGraphPasswordCredential ${CHANGE}`,
    Add: `!-ApplicationId|ObjectId:string !-BodyParameter:object ${CHANGE}`,
    AddViaIdentityExpanded: `${IDENTITY} -AdditionalProperties:hashtable -PasswordCredential:IMicrosoftGraphPasswordCredential ${CHANGE}`,
    AddViaIdentity: `${IDENTITY} !-BodyParameter:object ${CHANGE}`,
  }),
  cmdlet('Remove-MgApplicationPassword', {
    RemoveExpanded: `!-ApplicationId|ObjectId:string -AdditionalProperties:hashtable -KeyId:string -PassThru ${CHANGE}`,
    Remove: `!-ApplicationId|ObjectId:string !-BodyParameter:object -PassThru ${CHANGE}`,
    RemoveViaIdentityExpanded: `${IDENTITY} -AdditionalProperties:hashtable -KeyId:string -PassThru ${CHANGE}`,
    RemoveViaIdentity: `${IDENTITY} !-BodyParameter:object -PassThru ${CHANGE}`,
  }),
  cmdlet('Get-MgServicePrincipal', {
    List: LIST,
    Get: `!-ServicePrincipalId:string ${READ}`,
    GetViaIdentity: `${IDENTITY} ${READ}`,
  }),
  cmdlet('New-MgServicePrincipal', {
    CreateExpanded: `${PRINCIPAL} ${CHANGE}`,
    Create: `!-BodyParameter:IMicrosoftGraphServicePrincipal ${CHANGE}`,
  }),
  cmdlet('Update-MgServicePrincipal', {
    UpdateExpanded: `!-ServicePrincipalId:string ${PRINCIPAL} ${CHANGE}`,
    Update: `!-ServicePrincipalId:string !-BodyParameter:IMicrosoftGraphServicePrincipal ${CHANGE}`,
    UpdateViaIdentityExpanded: `${IDENTITY} ${PRINCIPAL} ${CHANGE}`,
    UpdateViaIdentity: `${IDENTITY} !-BodyParameter:IMicrosoftGraphServicePrincipal ${CHANGE}`,
  }),
  cmdlet('Get-MgServicePrincipalAppRoleAssignment', {
    List: `!-ServicePrincipalId:string ${LIST}`,
    Get: `!-AppRoleAssignmentId:string !-ServicePrincipalId:string ${READ}`,
    GetViaIdentity: `${IDENTITY} ${READ}`,
  }),
  cmdlet('New-MgServicePrincipalAppRoleAssignment', {
    CreateExpanded: `!-ServicePrincipalId:string ${ASSIGNMENT} ${CHANGE}`,
    Create: `!-ServicePrincipalId:string !-BodyParameter:IMicrosoftGraphAppRoleAssignment ${CHANGE}`,
    CreateViaIdentityExpanded: `${IDENTITY} ${ASSIGNMENT} ${CHANGE}`,
    CreateViaIdentity: `${IDENTITY} !-BodyParameter:IMicrosoftGraphAppRoleAssignment ${CHANGE}`,
  }),
  cmdlet('Remove-MgServicePrincipalAppRoleAssignment', {
    Delete: `!-AppRoleAssignmentId:string !-ServicePrincipalId:string -IfMatch:string -PassThru ${CHANGE}`,
    DeleteViaIdentity: `${IDENTITY} -IfMatch:string -PassThru ${CHANGE}`,
  }),
];
