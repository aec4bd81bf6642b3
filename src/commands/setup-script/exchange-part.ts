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
    if (-not $same) {
        throw ('signed in to another tenant (' + $connection.TenantID + '): use an account of ' + $wanted)
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
        Add-Result 'right' $subject 'is registered in Exchange'
        return $own
    }
    if ($registered.Count -gt 0) {
        $wrong = $registered[0].ObjectId
        Add-Result 'yours' $subject ('is registered in Exchange with the wrong object id ' + $wrong + '; the right one is ' + $PrincipalId + '. This script removes nothing. Run: Remove-ServicePrincipal -Identity ' + $wrong + ' and then this script again')
        return
    }
    if (Test-Change $subject 'register it in Exchange (New-ServicePrincipal)') {
        $own = New-ServicePrincipal -AppId $App.ClientId -ObjectId $PrincipalId -DisplayName ('mail access: ' + $App.Id) -ErrorAction Stop
        Add-Result 'changed' $subject 'registered in Exchange'
        return $own
    }
}

# Exchange shows the application in the list of permissions by one of these.
function Test-FullAccess {
    param([string] $Identity, [string] $PrincipalId, $Registration)
    $names = @($PrincipalId, $Registration.Identity, $Registration.Name, $Registration.DisplayName, $Registration.Sid)
    foreach ($grant in @(Get-MailboxPermission -Identity $Identity -ErrorAction Stop)) {
        $full = ([string] $grant.AccessRights) -match 'FullAccess'
        foreach ($name in $names) {
            $ours = $name -and (([string] $grant.User) -eq $name -or ([string] $grant.UserSid) -eq $name)
            if ($ours -and $full -and -not $grant.Deny) {
                return $true
            }
        }
    }
    return $false
}

function Add-FullAccess {
    param([string] $Subject, [string] $Identity, [hashtable] $App, [string] $PrincipalId, $Registration)
    $text = 'full access for app ' + $App.Id
    if (Test-FullAccess $Identity $PrincipalId $Registration) {
        Add-Result 'right' $Subject $text
        return
    }
    if (Test-Change $Subject ('give ' + $text)) {
        # Giving it once more does no harm; Exchange says then that it is there already.
        Add-MailboxPermission -Identity $Identity -User $PrincipalId -AccessRights FullAccess -AutoMapping $false -ErrorAction Stop -WarningAction SilentlyContinue -WarningVariable warnings | Out-Null
        if (([string] $warnings) -match 'already') {
            Add-Result 'right' $Subject $text
        } else {
            Add-Result 'changed' $Subject ('gave ' + $text)
        }
    }
}

function Set-Protocol {
    param([string] $Subject, [string] $Identity, [hashtable] $Mailbox)
    $state = Get-CASMailbox -Identity $Identity -ErrorAction Stop
    foreach ($id in $Mailbox.Protocols) {
        $protocol = $protocols[$id]
        if ($state.($protocol.Parameter) -eq $protocol.On) {
            Add-Result 'right' $Subject ($protocol.Name + ' is on')
        } elseif (Test-Change $Subject ('switch ' + $protocol.Name + ' on')) {
            $change = @{ ($protocol.Parameter) = $protocol.On }
            Set-CASMailbox -Identity $Identity @change -ErrorAction Stop
            Add-Result 'changed' $Subject ('switched ' + $protocol.Name + ' on')
        }
    }
}

function Set-ExchangeApp {
    param([hashtable] $App)
    $subject = 'app ' + $App.Id
    $principalId = $principalIds[$App.Id]
    if (-not $principalId) {
        Add-Result 'yours' $subject 'its object id is not known: the Entra part comes first (without -WhatIf), or say it with -ObjectIds'
        return
    }
    $registration = Get-Registration $App $principalId
    if ($null -eq $registration -and -not $WhatIfPreference) {
        return
    }
    foreach ($mailbox in $App.Mailboxes) {
        try {
            $found = @(Get-EXOMailbox -Identity $mailbox.Address -ErrorAction Stop)
            if ($found.Count -ne 1) {
                throw ('expected one mailbox of this address, found ' + $found.Count)
            }
            $identity = [string] $found[0].Guid
            Add-FullAccess $mailbox.Address $identity $App $principalId $registration
            Set-Protocol $mailbox.Address $identity $mailbox
        } catch {
            Add-Result 'failed' $mailbox.Address $_.Exception.Message
        }
    }
}

function Invoke-ExchangePart {
    param([hashtable] $Tenant)
    try {
        Connect-Exchange $Tenant
        foreach ($app in $Tenant.Apps) {
            try {
                Set-ExchangeApp $app
            } catch {
                Add-Result 'failed' ('app ' + $app.Id) $_.Exception.Message
            }
        }
    } catch {
        Add-Result 'failed' ('tenant ' + $Tenant.Tenant) $_.Exception.Message
    } finally {
        Disconnect-ExchangeOnline -Confirm:$false -ErrorAction SilentlyContinue | Out-Null
    }
}
`;
