/** PowerShell of the set-up script: what both parts use, results and the question whether a change may be made. */
import { EXCHANGE_APP_ID } from '../../model/microsoft365.ts';

export const FRAME = String.raw`# ----- From here on the script is the same for everybody. -----

# Office 365 Exchange Online: the same in every tenant and every cloud.
$exchangeAppId = '${EXCHANGE_APP_ID}'

$cmdlet = $PSCmdlet
$principalIds = $ObjectIds.Clone()
$tenantIds = @{}
$results = New-Object System.Collections.ArrayList

# State: right, changed, would (be changed), yours (to do), failed.
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

function Assert-Module {
    param([string] $Name)
    if (-not (Get-Module -ListAvailable -Name $Name)) {
        throw ('The PowerShell module ' + $Name + ' is missing. Install it, then run this script again: Install-Module ' + $Name + ' -Scope CurrentUser')
    }
}

function Write-Summary {
    $headings = @(
        @{ State = 'right'; Heading = 'Was right already' }
        @{ State = 'changed'; Heading = 'Changed' }
        @{ State = 'would'; Heading = 'Would be changed, and was not' }
        @{ State = 'yours'; Heading = 'Waits for you' }
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
        Write-Host 'Changes take time: in Exchange usually up to an hour, at most two, consent until the next token is'
        Write-Host 'issued (at most 90 minutes). Then: mailprobe check --checklist'
    }
}
`;
