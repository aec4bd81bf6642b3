import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { SCENARIOS } from '../../src/sandbox/scenarios.ts';
import { type Answer, ask, askToken, jsonOf, parametersOf } from './client.ts';

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

async function control(method: string, path: string, body?: unknown): Promise<Answer> {
  return await ask(`${sandbox.control}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

function appId(): string {
  return sandbox.tenant.applications[0]?.appId ?? '';
}

test('the help states that everything is simulated, and lists every scenario', async () => {
  const answer = await control('GET', '/');
  const body = jsonOf(answer);
  expect(body.simulated).toBe(true);
  expect(body.about).toContain('simulated');
  expect(body.scenarios).toHaveLength(SCENARIOS.length);
  expect(body.addresses).toMatchObject({ authority: sandbox.authority });
  expect(answer.headers['x-mailprobe-sandbox']).toBe('simulated');
  expect(answer.headers['content-type']).toContain('application/json');
  // A line for each, because people read it in a terminal.
  const lines = answer.text.split('\n').filter((line) => line.startsWith('    {"name":"'));
  expect(lines).toHaveLength(SCENARIOS.length);
});

test('the tenant is shown without the values of its secrets', async () => {
  const answer = await control('GET', '/tenant');
  expect(jsonOf(answer)).toMatchObject({ simulated: true, tenant: { id: sandbox.tenant.id } });
  expect(answer.text).not.toContain(sandbox.tenant.applications[0]?.secrets[0]?.value);
});

describe('a change', () => {
  test('of a mailbox is seen at once', async () => {
    const answer = await control('PATCH', '/mailboxes/qms@contoso.example', { imapEnabled: false });
    expect(jsonOf(answer)).toMatchObject({ address: 'qms@contoso.example', imapEnabled: false });
    expect(sandbox.tenant.mailboxes[0]?.imapEnabled).toBe(false);
  });

  test('of the faults opens and closes ports', async () => {
    await control('PATCH', '/faults', { entra: { kind: 'refuse' } });
    await expect(askToken(sandbox, parametersOf(sandbox))).rejects.toThrow('ECONNREFUSED');
    await control('PATCH', '/faults', { entra: { kind: 'healthy' } });
    expect((await askToken(sandbox, parametersOf(sandbox))).status).toBe(200);
  });

  test('of the tenant deletes it', async () => {
    await control('PATCH', '/tenant', { deleted: true });
    expect((await askToken(sandbox, parametersOf(sandbox))).text).toContain('AADSTS90002');
  });

  test('adds, replaces and removes a mailbox', async () => {
    const mailbox = { ...sandbox.tenant.mailboxes[0], address: 'new@contoso.example', messages: 3 };
    await control('PUT', '/mailboxes/new@contoso.example', mailbox);
    await control('PUT', '/mailboxes/new@contoso.example', { ...mailbox, messages: 4 });
    expect(sandbox.tenant.mailboxes.map(({ address, messages }) => [address, messages])).toEqual([
      ['qms@contoso.example', 12],
      ['service@contoso.example', 12],
      ['new@contoso.example', 4],
    ]);
    await control('DELETE', '/mailboxes/new@contoso.example');
    expect(sandbox.tenant.mailboxes).toHaveLength(2);
  });

  test("registers the wrong object id in Exchange's list", async () => {
    const objectId = randomUUID();
    await control('PATCH', `/exchange-service-principals/${appId()}`, { objectId });
    expect(sandbox.tenant.exchangeServicePrincipals[0]?.objectId).toBe(objectId);
  });

  test('is taken back by reset', async () => {
    await control('DELETE', `/applications/${appId()}`);
    expect(sandbox.tenant.applications).toHaveLength(0);
    await control('POST', '/reset');
    expect(sandbox.tenant.applications).toHaveLength(1);
  });
});

test('a secret is rotated: made, shown once, used, and the old one removed', async () => {
  const made = await control('POST', `/applications/${appId()}/secrets`, { displayName: '2027' });
  expect(made.status).toBe(201);
  const { keyId, value } = Object(jsonOf(made).secret);
  const old = parametersOf(sandbox);
  const renewed = { ...old, client_secret: String(value) };
  expect((await askToken(sandbox, old)).status).toBe(200);
  expect((await askToken(sandbox, renewed)).status).toBe(200);
  await control('PATCH', `/applications/${appId()}/secrets/${String(keyId)}`, {
    endDateTime: '2026-01-01T00:00:00Z',
  });
  expect((await askToken(sandbox, renewed)).text).toContain('AADSTS7000222');
  await control('DELETE', `/applications/${appId()}/secrets/${String(keyId)}`);
  expect((await askToken(sandbox, renewed)).text).toContain('AADSTS7000215');
});

describe('a scenario', () => {
  test('is played by name, for the app and mailbox that are named', async () => {
    const answer = await control('POST', '/scenario/mailbox-permission-missing', {
      app: appId(),
      mailbox: 'service@contoso.example',
    });
    expect(jsonOf(answer)).toMatchObject({ simulated: true, cause: 'mailbox-permission-missing' });
    expect(sandbox.tenant.mailboxes.map(({ fullAccess }) => fullAccess.length)).toEqual([1, 0]);
  });

  test('is played for the first app and mailbox when none is named', async () => {
    await control('POST', '/scenario/secret-expired');
    expect((await askToken(sandbox, parametersOf(sandbox))).text).toContain('AADSTS7000222');
  });
});

describe('invalid input is answered with what was expected:', () => {
  test.each([
    ['a path that is none', 'GET', '/nothing', undefined, 404, 'expected one of: GET /, GET /tenant'],
    [
      'a mailbox that is none',
      'PATCH',
      '/mailboxes/x@y.example',
      {},
      404,
      'expected one of: qms@contoso.example',
    ],
    ['a member that is none', 'PATCH', '/mailboxes/qms@contoso.example', { imap: false }, 400, 'imap'],
    [
      'a value of another type',
      'PATCH',
      '/mailboxes/qms@contoso.example',
      { imapEnabled: 'no' },
      400,
      'imapEnabled: Invalid input: expected boolean',
    ],
    ['a fault that is none', 'PATCH', '/faults', { imap: { kind: 'odd' } }, 400, 'imap.kind: Invalid option'],
    ['a body that is no JSON', 'PATCH', '/faults', 'kaputt', 400, 'expected a JSON body'],
    ['no body', 'PATCH', '/faults', undefined, 400, 'got none'],
    ['a scenario that is none', 'POST', '/scenario/doomsday', undefined, 400, 'expected a scenario, one of:'],
    [
      'a scenario for a mailbox that is none',
      'POST',
      '/scenario/imap-disabled',
      { mailbox: 'x@y.example' },
      400,
      'expected the address of a mailbox of this tenant',
    ],
    [
      'a mailbox under another address',
      'PUT',
      '/mailboxes/other@contoso.example',
      { address: 'qms@contoso.example' },
      400,
      'expected',
    ],
    ['a prototype for a collection', 'GET', '/__proto__/x', undefined, 404, 'expected one of'],
  ])('%s', async (_name, method, path, body, status, says) => {
    const before = structuredClone(sandbox.tenant);
    const answer = await control(method, path, body);
    expect(answer.status).toBe(status);
    expect(jsonOf(answer).error).toContain(says);
    expect(sandbox.tenant).toEqual(before);
  });
});
