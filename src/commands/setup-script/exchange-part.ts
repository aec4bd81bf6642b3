/** PowerShell of the set-up script: registration in Exchange, mailbox permissions, protocols. Step 4 of the guide. */
export const EXCHANGE_PART = String.raw`# ----- Exchange: its own entry for the application, the mailbox permissions, the protocols. -----

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
`;
