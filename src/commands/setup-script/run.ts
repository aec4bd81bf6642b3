/** PowerShell of the set-up script: both parts in their order, and the summary. */
export const RUN = String.raw`# ----- Run. -----

# All of Entra before all of Exchange: the Graph module does not load once Exchange's is in use.
if ($Part -ne 'Exchange') {
    Assert-Module 'Microsoft.Graph.Applications'
}
if ($Part -ne 'Entra') {
    Assert-Module 'ExchangeOnlineManagement'
}
if ($Part -ne 'Exchange') {
    Import-Module Microsoft.Graph.Applications -MinimumVersion 2.0 -ErrorAction Stop
    foreach ($tenant in $tenants) {
        Invoke-EntraPart $tenant
    }
}
if ($Part -ne 'Entra') {
    Import-Module ExchangeOnlineManagement -MinimumVersion 3.0 -ErrorAction Stop
    foreach ($tenant in $tenants) {
        Invoke-ExchangePart $tenant
    }
}

Write-Summary
if ($Part -eq 'Entra' -and $principalIds.Count -gt 0) {
    $pairs = foreach ($key in $principalIds.Keys) { "'" + $key + "' = '" + $principalIds[$key] + "'" }
    Write-Host ''
    Write-Host 'For Exchange, in a new window:'
    Write-Host ('  ./setup.ps1 -Part Exchange -ObjectIds @{ ' + ($pairs -join '; ') + ' }')
}
if ($results | Where-Object { $_.State -eq 'failed' }) {
    exit 1
}
`;
