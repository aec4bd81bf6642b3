/** PowerShell of the set-up script: the enterprise application, its permissions and consent. Step 3 of the guide. */
export const ENTRA_PART = String.raw`# ----- Entra: the enterprise application, its permissions, admin consent. -----

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
`;
