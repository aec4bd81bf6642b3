/** Verdicts as `diagnosis/` gave them, held fast: what is tested here is the message, not the verdict. */
import type { Diagnosis } from '../../src/model/diagnosis.ts';

export const SECRET_EXPIRED: Diagnosis = {
  cause: 'secret-expired',
  confidence: 'certain',
  scope: 'app',
  subject: 'plm',
  owner: 'entra-admin',
  severity: 'critical',
  title: 'The client secret of app plm has expired.',
  evidence: ['token: AADSTS7000222: The provided client secret keys are expired.'],
  fix: [
    {
      text: 'Add a new client secret; the old ones stay as they are. Portal: Entra admin center > App registrations > the app > Certificates & secrets > New client secret. Or in PowerShell, which prints the secret: not in a window that is recorded (Start-Transcript).',
      command:
        "& {\n  $ErrorActionPreference = 'Stop'\n  Connect-MgGraph -TenantId '11111111-2222-3333-4444-555555555555' -Scopes 'Application.ReadWrite.All' -ContextScope Process -NoWelcome\n  $app = Get-MgApplication -Filter 'appId eq ''66666666-7777-8888-9999-000000000000'''\n  $secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{ displayName = 'mail access'; endDateTime = (Get-Date).AddMonths(6) }\n  $secret | Format-List KeyId,EndDateTime,SecretText\n}",
      shell: 'powershell',
    },
    {
      text: 'Copy the Value (SecretText), not the Secret ID; it is shown once. Put it into the environment variable PLM_SECRET.',
    },
    {
      text: 'If a command is not found, install its module, once. PowerShell asks for confirmation because PSGallery is not trusted by default.',
      command: 'Install-Module -Name Microsoft.Graph.Applications -Scope CurrentUser',
      shell: 'powershell',
    },
  ],
  takesEffect: 'At once, or within a minute or two while the new secret spreads through Entra.',
  lookAlikes: [],
  guideStep: 2,
  references: [
    'https://learn.microsoft.com/entra/identity-platform/reference-error-codes',
    'https://learn.microsoft.com/graph/api/application-addpassword',
    'Highstage DOCU13517, OAuth Registration for Microsoft 365 / Azure AD',
  ],
};

export const NOT_REGISTERED: Diagnosis = {
  cause: 'exchange-sp-not-registered',
  confidence: 'possible',
  scope: 'app',
  subject: 'plm',
  owner: 'exchange-admin',
  severity: 'critical',
  title: 'Possibly: app plm is not registered in Exchange Online.',
  evidence: [
    'imap auth: AUTHENTICATE failed.',
    'token claims: roles IMAP.AccessAsApp POP.AccessAsApp',
    'This mailbox has not opened since this program began to look, and no other mailbox of the app is known to work.',
  ],
  fix: [
    {
      text: "Sign in with an account of the tenant 11111111-2222-3333-4444-555555555555 (the line TenantID tells where you are). Ask Exchange what it knows of the app. No entry: it is not registered. Another ObjectId than the object id of the enterprise application (the token's oid; Enterprise apps > the app > Overview): it was registered with the wrong one.",
      command:
        "Connect-ExchangeOnline\nGet-ConnectionInformation | Format-List UserPrincipalName,TenantID\nGet-ServicePrincipal | Where-Object AppId -eq '66666666-7777-8888-9999-000000000000' | Format-List DisplayName,AppId,ObjectId",
      shell: 'powershell',
    },
    {
      text: "Read the object id of the enterprise application (portal: Enterprise apps > the app > Overview; not that of the App registration). Use a PowerShell window of its own, and another for Exchange: their modules get in each other's way.",
      command:
        "Connect-MgGraph -TenantId '11111111-2222-3333-4444-555555555555' -Scopes 'Application.Read.All' -ContextScope Process -NoWelcome\n(Get-MgServicePrincipal -Filter 'appId eq ''66666666-7777-8888-9999-000000000000''').Id",
      shell: 'powershell',
    },
    {
      text: 'Not registered: register it, in the window of Exchange. Copies of the set-up guide (DOCU13517) that show the AzureAD module and -ServiceId in step 4 are out of date. Put the real values in the place of <object id> first.',
      command:
        "New-ServicePrincipal -AppId '66666666-7777-8888-9999-000000000000' -ObjectId '<object id>' -DisplayName 'plm'",
      shell: 'powershell',
    },
    {
      text: 'Then give it each of its mailboxes. This is also what is left to do where it was registered already, under the right ObjectId. Put the real values in the place of <object id> first.',
      command:
        "Add-MailboxPermission -Identity 'plm-orders@contoso.example' -User '<object id>' -AccessRights FullAccess -AutoMapping $false",
      shell: 'powershell',
    },
    {
      text: 'If a command is not found, install its module, once. PowerShell asks for confirmation because PSGallery is not trusted by default.',
      command:
        'Install-Module -Name Microsoft.Graph.Applications,ExchangeOnlineManagement -Scope CurrentUser',
      shell: 'powershell',
    },
  ],
  takesEffect: 'Usually within the hour after New-ServicePrincipal and Add-MailboxPermission, up to two.',
  lookAlikes: [
    {
      cause: 'exchange-sp-wrong-object-id',
      test: 'Get-ServicePrincipal shows an entry with the AppId 66666666-7777-8888-9999-000000000000 whose ObjectId differs from the oid of the token.',
    },
    {
      cause: 'mailbox-permission-missing',
      test: "Get-MailboxPermission -Identity 'plm-orders@contoso.example' | Format-Table User,UserSid,AccessRights,Deny shows no FullAccess of the app.",
    },
    {
      cause: 'mailbox-not-found-or-unlicensed',
      test: "Get-EXOMailbox -Identity 'plm-orders@contoso.example' finds nothing, or not a mailbox.",
    },
    {
      cause: 'username-mailbox-mismatch',
      test: "Get-EXOMailbox -Identity 'plm-orders@contoso.example' shows another PrimarySmtpAddress, or nothing.",
    },
    {
      cause: 'protocol-disabled-on-mailbox',
      test: "Get-CASMailbox -Identity 'plm-orders@contoso.example' shows ImapEnabled False.",
    },
    {
      cause: 'propagation-delay',
      test: 'Wait two hours after the last change and look again; if it still fails, it is hardly this.',
    },
  ],
  guideStep: 4,
  references: [
    'https://learn.microsoft.com/powershell/module/exchangepowershell/new-serviceprincipal',
    'https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth',
    'Highstage DOCU13517, OAuth Registration for Microsoft 365 / Azure AD',
  ],
};

export const ENDS_IN_14_DAYS: Diagnosis = {
  cause: 'secret-expiring',
  confidence: 'certain',
  scope: 'app',
  subject: 'crm',
  owner: 'entra-admin',
  severity: 'warning',
  title: 'The client secret of app crm is about to end; it ends on 2026-12-06, in 14 days.',
  evidence: ['End date 2026-12-06, source: configuration (configured).'],
  fix: [
    {
      text: 'Add a new client secret beside the old one, which keeps working until its own end.',
      command:
        "& {\n  $ErrorActionPreference = 'Stop'\n  Connect-MgGraph -TenantId '11111111-2222-3333-4444-555555555555' -Scopes 'Application.ReadWrite.All' -ContextScope Process -NoWelcome\n  $app = Get-MgApplication -Filter 'appId eq ''66666666-7777-8888-9999-000000000000'''\n  $secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{ displayName = 'mail access'; endDateTime = (Get-Date).AddMonths(6) }\n  $secret | Format-List KeyId,EndDateTime,SecretText\n}",
      shell: 'powershell',
    },
    {
      text: 'Put the Value (SecretText) into the environment variable PLM_SECRET; it is picked up without a restart. Give it to every other program that uses this app, too.',
    },
    {
      text: 'Last, when every program works with the new secret, and not before: take the old secret out, under App registrations > the app > Certificates & secrets. What was removed cannot be brought back.',
    },
    {
      text: 'If a command is not found, install its module, once. PowerShell asks for confirmation because PSGallery is not trusted by default.',
      command: 'Install-Module -Name Microsoft.Graph.Applications -Scope CurrentUser',
      shell: 'powershell',
    },
  ],
  takesEffect: 'As soon as the new credential is in place.',
  lookAlikes: [],
  guideStep: 2,
  references: [
    'https://learn.microsoft.com/graph/api/application-addpassword',
    'https://learn.microsoft.com/entra/identity-platform/certificate-credentials',
    'Highstage DOCU13517, OAuth Registration for Microsoft 365 / Azure AD',
  ],
};

export const ENDS_IN_7_DAYS: Diagnosis = {
  cause: 'secret-expiring',
  confidence: 'certain',
  scope: 'app',
  subject: 'crm',
  owner: 'entra-admin',
  severity: 'critical',
  title: 'The client secret of app crm is about to end; it ends on 2026-12-04, in 7 days.',
  evidence: ['End date 2026-12-04, source: configuration (configured).'],
  fix: [
    {
      text: 'Add a new client secret beside the old one, which keeps working until its own end.',
      command:
        "& {\n  $ErrorActionPreference = 'Stop'\n  Connect-MgGraph -TenantId '11111111-2222-3333-4444-555555555555' -Scopes 'Application.ReadWrite.All' -ContextScope Process -NoWelcome\n  $app = Get-MgApplication -Filter 'appId eq ''66666666-7777-8888-9999-000000000000'''\n  $secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{ displayName = 'mail access'; endDateTime = (Get-Date).AddMonths(6) }\n  $secret | Format-List KeyId,EndDateTime,SecretText\n}",
      shell: 'powershell',
    },
    {
      text: 'Put the Value (SecretText) into the environment variable PLM_SECRET; it is picked up without a restart. Give it to every other program that uses this app, too.',
    },
    {
      text: 'Last, when every program works with the new secret, and not before: take the old secret out, under App registrations > the app > Certificates & secrets. What was removed cannot be brought back.',
    },
    {
      text: 'If a command is not found, install its module, once. PowerShell asks for confirmation because PSGallery is not trusted by default.',
      command: 'Install-Module -Name Microsoft.Graph.Applications -Scope CurrentUser',
      shell: 'powershell',
    },
  ],
  takesEffect: 'As soon as the new credential is in place.',
  lookAlikes: [],
  guideStep: 2,
  references: [
    'https://learn.microsoft.com/graph/api/application-addpassword',
    'https://learn.microsoft.com/entra/identity-platform/certificate-credentials',
    'Highstage DOCU13517, OAuth Registration for Microsoft 365 / Azure AD',
  ],
};
