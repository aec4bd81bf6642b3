import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EXCHANGE_ONLINE, servicePrincipalOf } from '../../src/sandbox/directory.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Answer, ask, jsonOf, tokenOf } from './client.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox();
});
afterEach(() => {
  sandbox.reset();
});
afterAll(async () => {
  await sandbox.close();
});

function appId(): string {
  return sandbox.tenant.applications[0]?.appId ?? '';
}

async function read(path: string, scope = 'https://graph.microsoft.com/.default'): Promise<Answer> {
  const headers = { authorization: `Bearer ${await tokenOf(sandbox, { scope })}` };
  const url = path.startsWith('https:') ? path : `${sandbox.graphEndpoint}/v1.0${path}`;
  return await ask(url, { ca: sandbox.ca, headers });
}

describe('an application', () => {
  test('is read by its client id, with hints and never a secret', async () => {
    const answer = await read(`/applications(appId='${appId()}')?$select=id,appId,passwordCredentials`);
    const [application] = sandbox.tenant.applications;
    const [secret] = application?.secrets ?? [];
    const body = jsonOf(answer);
    expect(body).toMatchObject({
      id: application?.objectId,
      appId: appId(),
      passwordCredentials: [
        { keyId: secret?.keyId, hint: secret?.hint, endDateTime: secret?.endDateTime, secretText: null },
      ],
    });
    expect(body).not.toHaveProperty('displayName');
    expect(answer.text).not.toContain(secret?.value);
    expect(answer.headers['x-mailprobe-sandbox']).toBe('simulated');
  });

  test('is found by a filter', async () => {
    const filter = encodeURIComponent(`appId eq '${appId()}'`);
    expect(jsonOf(await read(`/applications?$filter=${filter}`))).toMatchObject({
      value: [{ appId: appId() }],
    });
  });

  test('that is not there is 404', async () => {
    const answer = await read("/applications(appId='99999999-aaaa-4bbb-8ccc-dddddddddddd')");
    expect(answer.status).toBe(404);
    expect(jsonOf(answer)).toMatchObject({ error: { code: 'Request_ResourceNotFound' } });
  });
});

describe('a service principal', () => {
  test('shows its object id and that it is enabled', async () => {
    expect(jsonOf(await read(`/servicePrincipals(appId='${appId()}')`))).toMatchObject({
      id: servicePrincipalOf(sandbox.tenant, appId()).id,
      accountEnabled: true,
      disabledByMicrosoftStatus: null,
    });
  });

  test('lists its grants page by page', async () => {
    sandbox.change((tenant) => {
      tenant.pageSize = 3;
    });
    const { id } = servicePrincipalOf(sandbox.tenant, appId());
    const first = jsonOf(await read(`/servicePrincipals/${id}/appRoleAssignments`));
    const second = jsonOf(await read(String(first['@odata.nextLink'])));
    expect(first.value).toHaveLength(3);
    expect(second.value).toHaveLength(1);
    expect(second).not.toHaveProperty('@odata.nextLink');
    expect(first).toMatchObject({
      value: [
        { appRoleId: '5e5addcd-3e8d-4e90-baf5-964efab2b20a', resourceId: sandbox.tenant.exchangeOnlineId },
        { appRoleId: 'cb842b43-da6e-4506-86fe-bb12199c656d', principalId: id },
        { resourceId: sandbox.tenant.graphId },
      ],
    });
  });

  test("of Exchange Online names the roles' ids", async () => {
    const filter = encodeURIComponent(`appId eq '${EXCHANGE_ONLINE}'`);
    const { value } = jsonOf(await read(`/servicePrincipals?$filter=${filter}`));
    expect(value).toMatchObject([
      {
        id: sandbox.tenant.exchangeOnlineId,
        appRoles: expect.arrayContaining([
          expect.objectContaining({ value: 'IMAP.AccessAsApp', id: '5e5addcd-3e8d-4e90-baf5-964efab2b20a' }),
        ]),
      },
    ]);
  });
});

test('a user shows license and addresses', async () => {
  sandbox.change((tenant) => {
    for (const mailbox of tenant.mailboxes) {
      mailbox.aliases = ['alias@contoso.example'];
      mailbox.licensed = mailbox.address.startsWith('qms@');
    }
  });
  expect(jsonOf(await read('/users/qms@contoso.example'))).toMatchObject({
    mail: 'qms@contoso.example',
    proxyAddresses: ['SMTP:qms@contoso.example', 'smtp:alias@contoso.example'],
    assignedPlans: [{ service: 'exchange', capabilityStatus: 'Enabled' }],
  });
  expect(jsonOf(await read('/users/service@contoso.example'))).toMatchObject({ assignedPlans: [] });
  expect((await read('/users/nobody@contoso.example')).status).toBe(404);
});

describe('who may read', () => {
  test('without the permission gets 403', async () => {
    sandbox.change((tenant) => {
      servicePrincipalOf(tenant, appId()).grantedRoles = ['IMAP.AccessAsApp'];
    });
    const answer = await read(`/applications(appId='${appId()}')`);
    expect(answer.status).toBe(403);
    expect(jsonOf(answer)).toMatchObject({
      error: {
        code: 'Authorization_RequestDenied',
        message: 'Insufficient privileges to complete the operation.',
      },
    });
  });

  test('with a token for Exchange gets 401', async () => {
    const answer = await read(`/applications(appId='${appId()}')`, 'https://outlook.office365.com/.default');
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('Invalid audience.');
  });

  test('without a token gets 401', async () => {
    const answer = await ask(`${sandbox.graphEndpoint}/v1.0/applications`, { ca: sandbox.ca });
    expect(jsonOf(answer)).toMatchObject({
      error: { code: 'InvalidAuthenticationToken', message: 'Access token is empty.' },
    });
  });
});

describe('the host', () => {
  test.each([
    ['forbidden', 403, 'Authorization_RequestDenied'],
    ['throttled', 429, 'TooManyRequests'],
    ['unavailable', 503, 'serviceNotAvailable'],
    ['nonsense', 200, 'odd'],
  ] as const)('can be %s', async (kind, status, says) => {
    sandbox.change((tenant) => {
      tenant.faults.graph = { kind, retryAfterSeconds: 11 };
    });
    const answer = await read(`/applications(appId='${appId()}')`);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(says);
    expect(answer.headers['retry-after']).toBe(kind === 'throttled' ? '11' : undefined);
  });

  test('can have a next page for ever', async () => {
    sandbox.change((tenant) => {
      tenant.faults.graph = { kind: 'endless-pages' };
    });
    const { id } = servicePrincipalOf(sandbox.tenant, appId());
    let next: unknown = `/servicePrincipals/${id}/appRoleAssignments`;
    for (let page = 0; page < 5; page += 1) next = jsonOf(await read(String(next)))['@odata.nextLink'];
    expect(next).toMatch(/^https:/);
  });

  test('knows no other path', async () => {
    expect((await read('/me/messages')).status).toBe(400);
  });
});
