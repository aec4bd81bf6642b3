/**
 * PowerShell of the set-up script: the functions that both parts use for results, and for asking whether a change may
 * be made.
 */
import { EXCHANGE_APP_ID } from '../../model/microsoft365.ts';

export const FRAME = String.raw`# ----- From here on the script is the same for everybody. -----

# Office 365 Exchange Online: the same in every tenant and every cloud.
$exchangeAppId = '${EXCHANGE_APP_ID}'

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
`;
