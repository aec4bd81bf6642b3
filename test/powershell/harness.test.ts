/** The generated cmdlets fail as Microsoft's do: nothing that these accept is unknown there. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { POWERSHELL } from '../support/provision.ts';
import { parametersOf } from './cmdlet.ts';
import { CMDLETS } from './generate-modules.ts';
import { type PowerShell, startPowerShell, type Window } from './power-shell.ts';
import { createSimulation, type Simulation } from './simulation.ts';

test('every cmdlet has a page of Microsoft, a date, and parameters that can be read', () => {
  for (const { source, date, sets } of CMDLETS) {
    expect(source).toMatch(/^https:\/\/learn\.microsoft\.com\/powershell\/module\/[a-z.]+\/[a-z-]+$/);
    expect(date).toMatch(/^2026-\d\d-\d\d$/);
    for (const set of Object.values(sets)) parametersOf(set);
  }
});

describe.skipIf(!existsSync(POWERSHELL))('in a real PowerShell', () => {
  let sandbox: Sandbox;
  let simulation: Simulation;
  let shell: PowerShell;
  let window: Window;

  beforeAll(async () => {
    sandbox = await createSandbox({ failureDelayMs: 5 });
    simulation = await createSimulation();
    shell = await startPowerShell(simulation);
    simulation.begin(sandbox);
    window = await shell.open();
  });
  afterAll(async () => {
    await shell.close();
    await simulation.close();
    await sandbox.close();
  });

  test.each([
    [
      'an unknown parameter',
      "Get-MgApplication -Filtre 'x'",
      /parameter cannot be found that matches parameter name 'Filtre'/,
    ],
    [
      'parameters of two sets',
      'Get-MgApplication -ApplicationId a -Filter b',
      /Parameter set cannot be resolved/,
    ],
    ['a mandatory parameter left out', 'Add-MailboxPermission -Identity a -User b', /is not recognized/],
    [
      'a value that is none',
      'Connect-MgGraph -ContextScope Window',
      /does not belong to the set "Process,CurrentUser"/,
    ],
    [
      'a cmdlet before its connection',
      'Get-MgApplication -Filter "appId eq \'a\'"',
      /Please call Connect-MgGraph/,
    ],
    ['a cmdlet of Exchange before its connection', 'Get-ServicePrincipal', /is not recognized/],
    [
      'too little permission',
      "Connect-MgGraph -TenantId 'contoso.example' -Scopes 'User.Read'; Get-MgApplication -Filter \"appId eq 'a'\"",
      /Insufficient privileges/,
    ],
    [
      'a filter that Graph does not know',
      "Connect-MgGraph -TenantId 'contoso.example' -Scopes 'Application.Read.All'; Get-MgApplication -Filter 'appId'",
      /Invalid filter clause/,
    ],
    [
      'a tenant that is not there',
      "Connect-MgGraph -TenantId 'fabrikam.example' -Scopes 'User.Read'",
      /AADSTS90002/,
    ],
  ])('%s fails', async (_name, command, message) => {
    const { errors } = await window.paste(command);
    expect(errors.join('\n')).toMatch(message);
  });

  test('after connecting Exchange has its other cmdlets, with their mandatory parameters', async () => {
    const { errors } = await window.paste(
      'Connect-ExchangeOnline -ShowBanner:$false\nAdd-MailboxPermission -Identity a -User b',
    );
    expect(errors.join('\n')).toMatch(/asked for AccessRights|missing mandatory parameters: AccessRights/);
  });

  test('-WhatIf changes nothing, and a question is asked where Microsoft says so', async () => {
    const appId = sandbox.tenant.applications[0]?.appId;
    const asked = await window.paste(
      `Remove-ServicePrincipal -Identity ${String(appId)} -WhatIf\nRemove-ServicePrincipal -Identity ${String(appId)}`,
      { answers: ['N'] },
    );
    expect(asked.questions).toHaveLength(1);
    expect(sandbox.tenant.exchangeServicePrincipals).toHaveLength(1);
  });
});
