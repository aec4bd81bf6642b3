/** PowerShell of the set-up script: both parts in their order, and the summary. */
export const RUN = String.raw`# ----- Run. -----

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
`;
