/**
 * Renders the whole set-up script: how to run it, the configuration as data, and the code that is the same for every
 * configuration. Called by `setup-script`. It is ASCII with line ends `\n`, which PowerShell 5.1 and 7 read alike on
 * every system.
 */
import { eachProtocol } from '../../model/protocol.ts';
import { renderProtocols, renderTenants } from './data.ts';
import { ENTRA_PART } from './entra-part.ts';
import { EXCHANGE_PART } from './exchange-part.ts';
import { FRAME } from './frame.ts';
import { RUN } from './run.ts';
import type { TenantPlan } from './plan.ts';

const HEAD = String.raw`#Requires -Version 5.1
<#
.SYNOPSIS
Lets the applications below open their mailboxes over ${eachProtocol(({ name }) => name)} (steps 3 and 4 of the set-up guide DOCU13517).

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
Switches ${eachProtocol(({ name }) => name, 'or')} on where a mailbox needs it and it is off. Without this, the script says that it is off: somebody
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
`;

const DATA_HEADING = '# ----- What is wanted: from the configuration of mailprobe. -----\n';

export function renderSetupScript(tenants: readonly TenantPlan[]): string {
  const data = `${DATA_HEADING}${renderTenants(tenants)}\n`;
  return [HEAD, data, FRAME, `${renderProtocols()}\n`, ENTRA_PART, EXCHANGE_PART, RUN].join('\n');
}
