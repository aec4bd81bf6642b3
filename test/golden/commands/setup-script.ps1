#Requires -Version 5.1
<#
.SYNOPSIS
Lets the applications below open their mailboxes over IMAP and POP3 (steps 3 and 4 of the set-up guide DOCU13517).

.DESCRIPTION
Written by "mailprobe setup-script" from its configuration. It can be run as often as you like: it adds what is
missing, leaves alone what is right, and removes nothing. There is no secret in it, and it creates none.

It needs Windows PowerShell 5.1, or PowerShell 7.6 or later, and two modules from PSGallery, which asks for
confirmation (PowerShell 7.4 and 7.5: add -RequiredVersion 3.9.2 to the second):

    Install-Module Microsoft.Graph.Applications -Scope CurrentUser
    Install-Module ExchangeOnlineManagement -Scope CurrentUser

Then, in a new, normal PowerShell window. Do not choose "Run as administrator": the sign-in window of Windows fails there.

    Set-ExecutionPolicy -Scope Process RemoteSigned
                                 lets this window run scripts, which Windows PowerShell does not do by default
    Unblock-File ./setup.ps1     if it came by mail, chat or browser
    ./setup.ps1 -WhatIf          signs in, reads, and shows what it would change
    ./setup.ps1                  does it

You are asked to sign in twice for each tenant: to Microsoft Graph as somebody who may grant admin consent
(Privileged Role Administrator; Cloud Application Administrator where the Graph PowerShell application is consented
to already), and to Exchange Online as an Exchange Administrator.

.PARAMETER Part
For two people: -Part Entra does the first part, and ends with the line that the Exchange Administrator runs. It also
helps where the two modules do not work in one window.

.PARAMETER GraphClientId
Where the tenant is in the cloud of 21Vianet (China), Microsoft's own application for Graph PowerShell does not exist:
register one of your own, and give its client id. It needs the platform "Mobile and desktop applications" with the
redirect URIs http://localhost and ms-appx-web://microsoft.aad.brokerplugin/ID (ID is its client id), "Allow public
client flows", and the delegated permissions of Microsoft Graph Application.ReadWrite.All and
AppRoleAssignment.ReadWrite.All.

.PARAMETER ObjectIds
With -Part Exchange: the object id of each enterprise application, by the id of the app.

.PARAMETER DelegatedOrganization
For partners (CSP, GDAP) and guests: the customer's .onmicrosoft.com domain or tenant id. Without it, Exchange signs
you in to your own tenant.

.PARAMETER UseDeviceCode
Shows a code to type in at microsoft.com/devicelogin on any machine, in place of a window for signing in. For Exchange
it needs PowerShell 7.

.PARAMETER EnableProtocols
Switches IMAP or POP3 on where a mailbox needs it and it is off. Without this, the script says that it is off: somebody
may have switched it off on purpose.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [ValidateSet('All', 'Entra', 'Exchange')]
    [string] $Part = 'All',

    [string] $GraphClientId,

    [hashtable] $ObjectIds = @{},

    [string] $DelegatedOrganization,

    [switch] $UseDeviceCode,

    [switch] $EnableProtocols
)

$ErrorActionPreference = 'Stop'
# A profile may demand more: a property that an older module does not have is no error here.
Set-StrictMode -Off

# ----- What is wanted: from the configuration of mailprobe. -----
$tenants = @(
    @{
        Tenant              = '11111111-2222-3333-4444-555555555555'
        GraphEnvironment    = 'Global'
        ExchangeEnvironment = 'O365Default'
        Apps                = @(
            @{
                Id              = 'plm'
                ClientId        = '66666666-7777-8888-9999-000000000001'
                Credential      = 'secret'
                CredentialPlace = 'the file DIRECTORY/plm-secret'
                Roles           = @('IMAP.AccessAsApp', 'POP.AccessAsApp')
                Mailboxes       = @(
                    @{ Address = 'plm@contoso.example'; Protocols = @('imap', 'pop3') }
                    @{ Address = 'invoices@contoso.example'; Protocols = @('pop3') }
                )
            }
            @{
                Id              = 'qms'
                ClientId        = '66666666-7777-8888-9999-000000000002'
                Credential      = 'secret'
                CredentialPlace = 'the environment variable APP_SECRET'
                Roles           = @('IMAP.AccessAsApp')
                Mailboxes       = @(
                    @{ Address = ('o''brien+b' + [char]0x00FC + 'ro@contoso.example'); Protocols = @('imap') }
                )
            }
        )
    }
    @{
        Tenant              = 'contoso.example'
        GraphEnvironment    = 'USGov'
        ExchangeEnvironment = 'O365USGovGCCHigh'
        Apps                = @(
            @{
                Id              = 'navy'
                ClientId        = '66666666-7777-8888-9999-000000000003'
                Credential      = 'secret'
                CredentialPlace = 'the environment variable APP_SECRET'
                Roles           = @('POP.AccessAsApp')
                Mailboxes       = @(
                    @{ Address = 'navy@contoso.example'; Protocols = @('pop3') }
                )
            }
        )
    }
)

# ----- From here on the script is the same for everybody. -----

# Office 365 Exchange Online: the same in every tenant and every cloud.
$exchangeAppId = '00000002-0000-0ff1-ce00-000000000000'

$cmdlet = $PSCmdlet
$principalIds = $ObjectIds.Clone()
$tenantIds = @{}
$exchangeIsOpen = $true
# What this run has created: it may take some seconds until everybody finds it.
$created = @{}
# The script asks before each change; its cmdlets need not ask again.
$ConfirmPreference = 'None'
$results = New-Object System.Collections.ArrayList

# State: ok, changed, would (be changed), to do, failed.
function Add-Result {
    param([string] $State, [string] $Subject, [string] $Text)
    [void] $results.Add([pscustomobject]@{ State = $State; Subject = $Subject; Text = $Text })
    if ($State -ne 'would') {
        Write-Host ('{0,-8}{1}: {2}' -f $State, $Subject, $Text)
    }
}

# May this be changed? Under -WhatIf, or where -Confirm was answered with no, it is noted and left.
function Test-Change {
    param([string] $Subject, [string] $Action)
    if ($cmdlet.ShouldProcess($Subject, $Action)) {
        return $true
    }
    Add-Result 'would' $Subject $Action
    return $false
}

# Directory and Exchange take some seconds to know what was just created: three tries, ten seconds apart.
function Invoke-Patiently {
    param([string] $AppId, [scriptblock] $Action)
    for ($try = 1; ; $try++) {
        try {
            return & $Action
        } catch {
            if ($try -eq 3 -or -not $created[$AppId]) {
                throw
            }
        }
        Start-Sleep -Seconds 10
    }
}

function Get-InstalledVersion {
    param([string] $Name)
    $found = Get-Module -ListAvailable -Name $Name | Sort-Object Version | Select-Object -Last 1
    if ($null -eq $found) {
        throw ('The PowerShell module ' + $Name + ' is missing. Install it, then run this script again: Install-Module ' + $Name + ' -Scope CurrentUser')
    }
    return $found.Version
}

# learn.microsoft.com/powershell/exchange/exchange-online-powershell-v2, "Supported operating systems".
function Assert-PowerShell {
    param([version] $Module)
    $own = [version] ('{0}.{1}' -f $PSVersionTable.PSVersion.Major, $PSVersionTable.PSVersion.Minor)
    $needed = [version] '7.0'
    if ($Module -ge [version] '3.5') { $needed = [version] '7.4' }
    if ($Module -ge [version] '3.10') { $needed = [version] '7.6' }
    if ($own.Major -ge 6 -and $own -lt $needed) {
        $older = ''
        if ($own -ge [version] '7.4') { $older = ', or the older module (Install-Module ExchangeOnlineManagement -RequiredVersion 3.9.2 -Scope CurrentUser, and Uninstall-Module the newer)' }
        throw ('ExchangeOnlineManagement ' + $Module + ' needs PowerShell ' + $needed + ' or later, and this is ' + $own + '. Nothing was changed. Use Windows PowerShell 5.1 or a newer PowerShell' + $older)
    }
}

function Write-Summary {
    $headings = @(
        @{ State = 'ok'; Heading = 'Was right already' }
        @{ State = 'changed'; Heading = 'Changed' }
        @{ State = 'would'; Heading = 'Would be changed, but was not' }
        @{ State = 'to do'; Heading = 'To be done by you' }
        @{ State = 'failed'; Heading = 'Failed' }
    )
    foreach ($entry in $headings) {
        $found = @($results | Where-Object { $_.State -eq $entry.State })
        if ($found.Count -eq 0) {
            continue
        }
        Write-Host ''
        Write-Host ($entry.Heading + ': ' + $found.Count)
        foreach ($result in $found) {
            Write-Host ('  ' + $result.Subject + ': ' + $result.Text)
        }
    }
    if ($results | Where-Object { $_.State -eq 'changed' }) {
        Write-Host ''
        Write-Host 'Changes take time. Exchange usually acts on them within an hour, sometimes within two. Consent'
        Write-Host 'takes effect with the next token, within 90 minutes. To see the progress: mailprobe check --checklist'
    }
    if ($created.Count -gt 0 -and ($results | Where-Object { $_.State -eq 'failed' })) {
        Write-Host ''
        Write-Host 'What was just created may not be known everywhere yet: run the script once more in a few minutes.'
    }
}

$protocols = @{
    imap = @{ Name = 'IMAP'; Parameter = 'ImapEnabled'; On = $true }
    pop3 = @{ Name = 'POP3'; Parameter = 'PopEnabled'; On = $true }
}

# ----- Entra: the enterprise application, its permissions, admin consent. -----

function Get-ExchangeRole {
    param($Exchange, [string] $Name)
    $role = $Exchange.AppRoles | Where-Object { $_.Value -eq $Name } | Select-Object -First 1
    if ($null -eq $role) {
        throw ('Office 365 Exchange Online of this tenant offers no application permission ' + $Name)
    }
    return $role
}

# Reads only: a secret is shown once, and shall not pass through a script, its transcript and the console's history.
function Test-Credential {
    param([hashtable] $App, $Application)
    $subject = 'app ' + $App.Id
    $now = (Get-Date).ToUniversalTime()
    if ($App.Credential -eq 'federated-token') {
        Add-Result 'ok' $subject 'uses a federated token; the trust in its issuer is not checked here'
        return
    }
    if ($App.Credential -eq 'certificate') {
        $kind = 'certificate'
        $registered = @($Application.KeyCredentials | Where-Object { $_.EndDateTime -gt $now })
        $advice = 'has no valid certificate: upload the one of ' + $App.CredentialPlace + ' (App registrations > the app > Certificates & secrets > Certificates > Upload certificate)'
    } else {
        $kind = 'client secret'
        $registered = @($Application.PasswordCredentials | Where-Object { $_.EndDateTime -gt $now })
        $advice = 'has no valid client secret: create one (App registrations > the app > Certificates & secrets > New client secret) and put its Value, not its Secret ID, into ' + $App.CredentialPlace
    }
    if ($registered.Count -eq 0) {
        Add-Result 'to do' $subject $advice
        return
    }
    $last = $registered | Sort-Object EndDateTime | Select-Object -Last 1
    Add-Result 'ok' $subject ('has a valid ' + $kind + '; the last one ends on ' + $last.EndDateTime.ToString('yyyy-MM-dd'))
}

# The list is written as a whole, so what other services need is carried over.
function Add-RequestedRole {
    param([hashtable] $App, $Application, $Exchange)
    $subject = 'app ' + $App.Id
    $access = @(
        foreach ($resource in $Application.RequiredResourceAccess) {
            @{
                ResourceAppId  = $resource.ResourceAppId
                ResourceAccess = @(foreach ($item in $resource.ResourceAccess) { @{ Id = $item.Id; Type = $item.Type } })
            }
        }
    )
    $own = $access | Where-Object { $_.ResourceAppId -eq $exchangeAppId } | Select-Object -First 1
    if ($null -eq $own) {
        $own = @{ ResourceAppId = $exchangeAppId; ResourceAccess = @() }
        $access += $own
    }
    $missing = @()
    foreach ($name in $App.Roles) {
        $role = Get-ExchangeRole $Exchange $name
        $present = $own.ResourceAccess | Where-Object { $_.Id -eq $role.Id -and $_.Type -eq 'Role' }
        if (-not $present) {
            $own.ResourceAccess += @{ Id = $role.Id; Type = 'Role' }
            $missing += $name
        }
    }
    if ($missing.Count -eq 0) {
        Add-Result 'ok' $subject 'the App registration requests its permissions'
        return
    }
    $names = $missing -join ' and '
    if (Test-Change $subject ('request ' + $names + ' in the App registration')) {
        Update-MgApplication -ApplicationId $Application.Id -RequiredResourceAccess $access -ErrorAction Stop | Out-Null
        Add-Result 'changed' $subject ('requested ' + $names + ' in the App registration')
    }
}

function Add-GrantedRole {
    param([hashtable] $App, $Principal, $Exchange)
    $subject = 'app ' + $App.Id
    $granted = @()
    if ($null -ne $Principal) {
        $granted = @(Invoke-Patiently $App.Id { Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $Principal.Id -All -ErrorAction Stop })
    }
    foreach ($name in $App.Roles) {
        $role = Get-ExchangeRole $Exchange $name
        if ($granted | Where-Object { $_.ResourceId -eq $Exchange.Id -and $_.AppRoleId -eq $role.Id }) {
            Add-Result 'ok' $subject ('has admin consent to ' + $name)
            continue
        }
        if (Test-Change $subject ('grant admin consent to ' + $name)) {
            Invoke-Patiently $App.Id { New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $Principal.Id -PrincipalId $Principal.Id -ResourceId $Exchange.Id -AppRoleId $role.Id -ErrorAction Stop } | Out-Null
            Add-Result 'changed' $subject ('granted admin consent to ' + $name)
        }
    }
}

# Newer than the models of some modules, which keep what they do not know in AdditionalProperties.
function Test-Deactivated {
    param($Application)
    if ($Application.IsDisabled -eq $true) {
        return $true
    }
    return $null -ne $Application.AdditionalProperties -and $Application.AdditionalProperties['isDisabled'] -eq $true
}

function Set-EntraApp {
    param([hashtable] $App, $Exchange)
    $subject = 'app ' + $App.Id
    $filter = "appId eq '" + $App.ClientId + "'"
    $application = Get-MgApplication -Filter $filter -ErrorAction Stop | Select-Object -First 1
    $principal = Get-MgServicePrincipal -Filter $filter -ErrorAction Stop | Select-Object -First 1
    if ($null -eq $application -and $null -eq $principal) {
        Add-Result 'to do' $subject ('no application of this tenant has the client id ' + $App.ClientId + ': register it (step 1 of the guide), or correct client_id in the configuration')
        return
    }
    if ($null -eq $application) {
        Add-Result 'to do' $subject 'is registered in another tenant, where its credential and its list of permissions are: ask its owner whether both are in place'
    } else {
        Test-Credential $App $application
        if (Test-Deactivated $application) {
            Add-Result 'to do' $subject 'its App registration is deactivated, so it gets no token: App registrations > Deactivated applications > the app > Reactivate'
        }
        Add-RequestedRole $App $application $Exchange
    }
    if ($null -ne $principal) {
        Add-Result 'ok' $subject ('has its enterprise application, object id ' + $principal.Id)
    } elseif (Test-Change $subject 'create its enterprise application (service principal)') {
        $principal = New-MgServicePrincipal -AppId $App.ClientId -ErrorAction Stop
        $created[$App.Id] = $true
        Add-Result 'changed' $subject ('created its enterprise application, object id ' + $principal.Id)
    } elseif (-not $WhatIfPreference) {
        return
    }
    if ($null -ne $principal) {
        $principalIds[$App.Id] = $principal.Id
    }
    if ($principal.AccountEnabled -eq $false) {
        Add-Result 'to do' $subject 'its enterprise application is disabled, so it gets no token: Enterprise apps > the app > Properties > Enabled for users to sign-in > Yes'
    }
    if ($principal.DisabledByMicrosoftStatus -match '^Disabled') {
        Add-Result 'to do' $subject ('Microsoft has disabled it (' + $principal.DisabledByMicrosoftStatus + '): ask Microsoft support')
    }
    Add-GrantedRole $App $principal $Exchange
}

function Invoke-EntraPart {
    param([hashtable] $Tenant)
    $scopes = @('Application.ReadWrite.All', 'AppRoleAssignment.ReadWrite.All')
    if ($WhatIfPreference) {
        $scopes = @('Application.Read.All')
    }
    try {
        Write-Host ('Sign in to Microsoft Graph, tenant ' + $Tenant.Tenant)
        $arguments = @{
            TenantId     = $Tenant.Tenant
            Environment  = $Tenant.GraphEnvironment
            Scopes       = $scopes
            ContextScope = 'Process'
            NoWelcome    = $true
            ErrorAction  = 'Stop'
        }
        if ($GraphClientId) {
            $arguments['ClientId'] = $GraphClientId
        } elseif ($Tenant.GraphEnvironment -eq 'China') {
            throw 'in this cloud Graph PowerShell needs an app registration of your own: ./setup.ps1 -GraphClientId ID'
        }
        if ($UseDeviceCode) {
            $arguments['UseDeviceCode'] = $true
        }
        Connect-MgGraph @arguments
        $tenantIds[$Tenant.Tenant] = (Get-MgContext).TenantId
        $exchange = Get-MgServicePrincipal -Filter "appId eq '$exchangeAppId'" -ErrorAction Stop | Select-Object -First 1
        if ($null -eq $exchange) {
            throw 'this tenant has no enterprise application Office 365 Exchange Online: it appears with the first license that includes Exchange Online'
        }
        foreach ($app in $Tenant.Apps) {
            try {
                Set-EntraApp $app $exchange
            } catch {
                Add-Result 'failed' ('app ' + $app.Id) $_.Exception.Message
            }
        }
    } catch {
        Add-Result 'failed' ('tenant ' + $Tenant.Tenant) $_.Exception.Message
    } finally {
        Disconnect-MgGraph -ErrorAction SilentlyContinue | Out-Null
    }
}

# ----- Exchange: its own entry for the application, the mailbox permissions, the protocols. -----

function Connect-Exchange {
    param([hashtable] $Tenant)
    $arguments = @{
        ExchangeEnvironmentName = $Tenant.ExchangeEnvironment
        ShowBanner              = $false
        ErrorAction             = 'Stop'
    }
    # With the Graph module in the same window, signing in through Windows' account manager fails
    # (github.com/microsoftgraph/msgraph-sdk-powershell/issues/3394). Older modules do not know the switch.
    if ((Get-Command Connect-ExchangeOnline).Parameters.ContainsKey('DisableWAM')) {
        $arguments['DisableWAM'] = $true
    }
    if ($DelegatedOrganization) {
        $arguments['DelegatedOrganization'] = $DelegatedOrganization
    }
    if ($UseDeviceCode) {
        $arguments['Device'] = $true
    }
    Write-Host ('Sign in to Exchange Online, tenant ' + $Tenant.Tenant)
    Connect-ExchangeOnline @arguments

    # The account decides which tenant it is: make sure that it is this one.
    $wanted = $tenantIds[$Tenant.Tenant]
    if ($null -eq $wanted) {
        $wanted = $Tenant.Tenant
    }
    $connection = Get-ConnectionInformation | Where-Object { $_.State -eq 'Connected' } | Select-Object -Last 1
    $isGuid = $wanted -match '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
    if ($isGuid) {
        $same = ([string] $connection.TenantID) -eq $wanted
    } else {
        $same = [bool] (Get-AcceptedDomain -ErrorAction Stop | Where-Object { $_.DomainName -eq $wanted })
    }
    # A partner's session works on the customer it names, whatever tenant the account is of.
    if (-not $same -and $DelegatedOrganization) {
        $same = $DelegatedOrganization -eq $wanted -or [bool] (Get-AcceptedDomain -ErrorAction Stop | Where-Object { $_.DomainName -eq $DelegatedOrganization })
    }
    if (-not $same) {
        throw ('signed in to another tenant (' + $connection.TenantID + '): use an account of ' + $wanted + ', or, as a partner or guest, -DelegatedOrganization')
    }
}

# Gives Exchange's entry for the application, or nothing where there is none that fits.
function Get-Registration {
    param([hashtable] $App, [string] $PrincipalId)
    $subject = 'app ' + $App.Id
    # All are listed and filtered here: -Identity with a value that is not found lists all of them as well.
    $registered = @(Get-ServicePrincipal -ErrorAction Stop | Where-Object { $_.AppId -eq $App.ClientId })
    $own = $registered | Where-Object { $_.ObjectId -eq $PrincipalId } | Select-Object -First 1
    if ($null -ne $own) {
        Add-Result 'ok' $subject 'is registered in Exchange'
        return $own
    }
    if ($registered.Count -gt 0) {
        $wrong = $registered[0].ObjectId
        Add-Result 'to do' $subject ('is registered in Exchange with the wrong object id ' + $wrong + '; the right one is ' + $PrincipalId + '. This script removes nothing. (1) See whether a role was assigned to that entry for another program: Get-ManagementRoleAssignment. (2) Remove its mailbox permissions, which stay behind otherwise: Remove-MailboxPermission -Identity MAILBOX -User ' + $wrong + ' -AccessRights FullAccess. (3) Remove-ServicePrincipal -Identity ' + $wrong + '. (4) Run this script again')
        return
    }
    if (Test-Change $subject 'register it in Exchange (New-ServicePrincipal)') {
        $own = New-ServicePrincipal -AppId $App.ClientId -ObjectId $PrincipalId -DisplayName ('mail access: ' + $App.Id) -ErrorAction Stop
        $created[$App.Id] = $true
        Add-Result 'changed' $subject 'registered in Exchange'
        return $own
    }
}

# 'yes', 'no' or 'denied'. Exchange shows the application in the list of permissions by one of these names; asking
# with -User is for users and groups only.
function Get-FullAccess {
    param([string] $Identity, [string] $PrincipalId, $Registration)
    $names = @($PrincipalId, $Registration.Identity, $Registration.Name, $Registration.DisplayName, $Registration.Sid)
    $answer = 'no'
    foreach ($grant in @(Get-MailboxPermission -Identity $Identity -ErrorAction Stop)) {
        $full = ([string] $grant.AccessRights) -match 'FullAccess'
        foreach ($name in $names) {
            $ours = $name -and (([string] $grant.User) -eq $name -or ([string] $grant.UserSid) -eq $name)
            if ($ours -and $full -and $grant.Deny) {
                return 'denied'
            }
            if ($ours -and $full) {
                $answer = 'yes'
            }
        }
    }
    return $answer
}

function Add-FullAccess {
    param([string] $Subject, [string] $Identity, [hashtable] $App, [string] $PrincipalId, $Registration)
    $text = 'full access for app ' + $App.Id
    $access = Get-FullAccess $Identity $PrincipalId $Registration
    if ($access -eq 'denied') {
        Add-Result 'to do' $Subject ('an entry denies ' + $text + ', and takes precedence over any that allows it. Unless it is there on purpose, run: Remove-MailboxPermission -Identity ' + $Identity + ' -User ' + $PrincipalId + ' -AccessRights FullAccess -Deny')
        return
    }
    if ($access -eq 'yes') {
        Add-Result 'ok' $Subject $text
        return
    }
    if (Test-Change $Subject ('give ' + $text)) {
        # Giving it once more does no harm; Exchange says then that it is there already.
        $warnings = Invoke-Patiently $App.Id {
            Add-MailboxPermission -Identity $Identity -User $PrincipalId -AccessRights FullAccess -AutoMapping $false -ErrorAction Stop -WarningAction SilentlyContinue -WarningVariable said | Out-Null
            [string] $said
        }
        if ($warnings -match 'already') {
            Add-Result 'ok' $Subject $text
        } else {
            Add-Result 'changed' $Subject ('gave ' + $text)
        }
    }
}

# The mailbox of exactly this address. A value that is not found may list others, and an alias finds its mailbox.
function Get-OwnMailbox {
    param([string] $Address)
    $found = @(Get-EXOMailbox -Identity $Address -ErrorAction Stop | Where-Object {
        $_.PrimarySmtpAddress -eq $Address -or $_.UserPrincipalName -eq $Address -or @($_.EmailAddresses) -contains ('smtp:' + $Address)
    })
    if ($found.Count -ne 1) {
        throw ('expected one mailbox of this address, found ' + $found.Count)
    }
    return $found[0]
}

function Set-Protocol {
    param([string] $Subject, [string] $Identity, [hashtable] $Mailbox)
    $state = Get-CASMailbox -Identity $Identity -ErrorAction Stop
    foreach ($id in $Mailbox.Protocols) {
        $protocol = $protocols[$id]
        if ($state.($protocol.Parameter) -eq $protocol.On) {
            Add-Result 'ok' $Subject ($protocol.Name + ' is on')
        } elseif (-not $EnableProtocols) {
            Add-Result 'to do' $Subject ($protocol.Name + ' is off. Unless it was switched off on purpose, run this script with -EnableProtocols')
        } elseif (Test-Change $Subject ('switch ' + $protocol.Name + ' on')) {
            $change = @{ ($protocol.Parameter) = $protocol.On }
            Set-CASMailbox -Identity $Identity @change -ErrorAction Stop
            Add-Result 'changed' $Subject ('switched ' + $protocol.Name + ' on')
        }
    }
}

function Set-ExchangeApp {
    param([hashtable] $App)
    $principalId = $principalIds[$App.Id]
    $registration = Get-Registration $App $principalId
    if ($null -eq $registration -and -not $WhatIfPreference) {
        return
    }
    foreach ($mailbox in $App.Mailboxes) {
        try {
            $found = Get-OwnMailbox $mailbox.Address
            if ($found.PrimarySmtpAddress -ne $mailbox.Address -and $found.UserPrincipalName -ne $mailbox.Address) {
                Add-Result 'to do' $mailbox.Address ('is an alias, which cannot log in: write ' + $found.PrimarySmtpAddress + ' in its place, in the configuration and in the program that reads the mailbox')
            }
            $identity = [string] $found.Guid
            Add-FullAccess $mailbox.Address $identity $App $principalId $registration
            Set-Protocol $mailbox.Address $identity $mailbox
        } catch {
            Add-Result 'failed' $mailbox.Address $_.Exception.Message
        }
    }
}

function Invoke-ExchangePart {
    param([hashtable] $Tenant)
    $ready = @($Tenant.Apps | Where-Object { $principalIds[$_.Id] })
    foreach ($app in $Tenant.Apps | Where-Object { -not $principalIds[$_.Id] }) {
        Add-Result 'to do' ('app ' + $app.Id) 'nothing was done in Exchange, because the object id of its enterprise application is not known: run the Entra part first (without -WhatIf), or give it with -ObjectIds'
    }
    # Nobody is asked to sign in for nothing.
    if ($ready.Count -eq 0) {
        return
    }
    try {
        try {
            Connect-Exchange $Tenant
        } catch {
            $script:exchangeIsOpen = $false
            throw
        }
        foreach ($app in $ready) {
            try {
                Set-ExchangeApp $app
            } catch {
                Add-Result 'failed' ('app ' + $app.Id) $_.Exception.Message
            }
        }
    } catch {
        Add-Result 'failed' ('tenant ' + $Tenant.Tenant) $_.Exception.Message
    } finally {
        Disconnect-ExchangeOnline -Confirm:$false -WhatIf:$false -ErrorAction SilentlyContinue | Out-Null
    }
}

# ----- Run. -----

# Everything is checked before anything is changed.
if ($DelegatedOrganization -and $tenants.Count -gt 1) {
    throw '-DelegatedOrganization is one customer, and this script is for several tenants: print it for one app (mailprobe setup-script --app ID)'
}
if ($UseDeviceCode -and $Part -ne 'Entra' -and $PSVersionTable.PSVersion.Major -lt 7) {
    throw 'Signing in to Exchange with a code needs PowerShell 7, and this is Windows PowerShell. Nothing was changed. Leave -UseDeviceCode out, or use PowerShell 7.6 or later'
}
if ($Part -ne 'Exchange') {
    [void] (Get-InstalledVersion 'Microsoft.Graph.Applications')
}
if ($Part -ne 'Entra') {
    Assert-PowerShell (Get-InstalledVersion 'ExchangeOnlineManagement')
}

# All of Entra before all of Exchange: the Graph module does not load once Exchange's is in use.
if ($Part -ne 'Exchange') {
    try {
        Import-Module Microsoft.Graph.Applications -MinimumVersion 2.0 -ErrorAction Stop
        foreach ($tenant in $tenants) {
            Invoke-EntraPart $tenant
        }
    } catch {
        Add-Result 'failed' 'module Microsoft.Graph.Applications' $_.Exception.Message
    }
}
if ($Part -ne 'Entra') {
    try {
        Import-Module ExchangeOnlineManagement -MinimumVersion 3.0 -ErrorAction Stop
        foreach ($tenant in $tenants) {
            Invoke-ExchangePart $tenant
        }
    } catch {
        $exchangeIsOpen = $false
        Add-Result 'failed' 'module ExchangeOnlineManagement' $_.Exception.Message
    }
}

Write-Summary
if (($Part -eq 'Entra' -or -not $exchangeIsOpen) -and $principalIds.Count -gt 0) {
    $pairs = foreach ($key in $principalIds.Keys) { "'" + $key + "' = '" + $principalIds[$key] + "'" }
    $more = ''
    if ($DelegatedOrganization) { $more += " -DelegatedOrganization '" + $DelegatedOrganization.Replace("'", "''") + "'" }
    foreach ($name in 'EnableProtocols', 'UseDeviceCode', 'WhatIf', 'Confirm') {
        if ($PSBoundParameters[$name]) { $more += ' -' + $name }
    }
    Write-Host ''
    Write-Host 'For Exchange, in a new window:'
    Write-Host ('  ./setup.ps1 -Part Exchange -ObjectIds @{ ' + ($pairs -join '; ') + ' }' + $more)
}
if ($results | Where-Object { $_.State -eq 'failed' }) {
    exit 1
}
