import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
} from '../../src/sandbox/certificates.ts';
import { applicationOf, servicePrincipalOf } from '../../src/sandbox/directory.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { createSecret, daysFromNow, registerCertificate } from '../../src/sandbox/tenant-builder.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { ask, askToken, jsonOf, parametersOf, tokenOf, type TokenParameters } from './client.ts';

let authority: CertificateAuthority;
let sandbox: Sandbox;
let certificate: IssuedCertificate;
let foreign: IssuedCertificate;

beforeAll(async () => {
  authority = await createCertificateAuthority('test');
  [sandbox, certificate, foreign] = await Promise.all([
    createSandbox({ certificateAuthority: authority, failureDelayMs: 0 }),
    authority.issue({ commonName: 'mailprobe app', names: [] }),
    authority.issue({ commonName: 'somebody else', names: [] }),
  ]);
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

type Change = (tenant: Tenant, appId: string) => void;

interface Refused {
  readonly state: string;
  readonly code: number;
  readonly error: string;
  readonly status: number;
  readonly message: string;
  readonly change?: Change;
  readonly send?: TokenParameters;
  readonly tenant?: string;
}

const REFUSED: readonly Refused[] = [
  {
    state: 'the secret is expired',
    code: 7000222,
    error: 'invalid_client',
    status: 401,
    message:
      "AADSTS7000222: The provided client secret keys for app 'APPID' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret",
    change: (tenant, app) => {
      for (const secret of applicationOf(tenant, app).secrets) secret.endDateTime = daysFromNow(-1);
    },
  },
  {
    state: 'the secret is expired and deleted',
    code: 7000215,
    error: 'invalid_client',
    status: 401,
    message:
      "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'APPID'.",
    change: (tenant, app) => {
      applicationOf(tenant, app).secrets = [];
    },
  },
  {
    state: 'the secret is none of the app',
    code: 7000215,
    error: 'invalid_client',
    status: 401,
    message: 'AADSTS7000215: Invalid client secret provided.',
    send: { client_secret: randomUUID() },
  },
  {
    state: 'the secret is empty',
    code: 7000216,
    error: 'invalid_request',
    status: 400,
    message:
      "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type",
    send: { client_secret: '' },
  },
  {
    state: 'another grant comes without a credential',
    code: 7000218,
    error: 'invalid_client',
    status: 401,
    message:
      "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    send: { grant_type: 'refresh_token', client_secret: undefined },
  },
  {
    state: 'the registration is a public client',
    code: 700025,
    error: 'invalid_client',
    status: 401,
    message: 'AADSTS700025: Client is public so neither',
    change: (tenant, app) => {
      applicationOf(tenant, app).publicClient = true;
    },
  },
  {
    state: 'the client id is unknown',
    code: 700016,
    error: 'unauthorized_client',
    status: 400,
    message: "AADSTS700016: Application with identifier 'nobody' was not found in the directory 'Contoso'.",
    send: { client_id: 'nobody' },
  },
  {
    state: 'the tenant is unknown',
    code: 90002,
    error: 'invalid_request',
    status: 400,
    message:
      "AADSTS90002: Tenant '99999999-aaaa-4bbb-8ccc-dddddddddddd' not found. Check to make sure you have the correct tenant ID",
    tenant: '99999999-aaaa-4bbb-8ccc-dddddddddddd',
  },
  {
    state: 'a path word is taken for the tenant',
    code: 90002,
    error: 'invalid_request',
    status: 400,
    message: "AADSTS90002: Tenant 'tenant_id' not found.",
    tenant: 'tenant_id',
  },
  {
    state: 'the tenant is no identifier at all',
    code: 900023,
    error: 'invalid_request',
    status: 400,
    message:
      "AADSTS900023: Specified tenant identifier '<tenant>' is neither a valid DNS name, nor a valid external domain.",
    tenant: '%3Ctenant%3E',
  },
  {
    state: 'the endpoint is /common',
    code: 50194,
    error: 'invalid_request',
    status: 400,
    message:
      "AADSTS50194: Application 'APPID'(Mail reader) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported",
    tenant: 'common',
  },
  {
    state: 'the endpoint is /consumers',
    code: 9001023,
    error: 'invalid_request',
    status: 400,
    message: 'AADSTS9001023: The grant type is not supported over the /common or /consumers endpoints.',
    tenant: 'consumers',
  },
  {
    state: 'the endpoint is /organizations',
    code: 50059,
    error: 'invalid_request',
    status: 400,
    message: 'AADSTS50059: No tenant-identifying information found',
    tenant: 'organizations',
  },
  {
    state: 'the tenant lives in another cloud',
    code: 900382,
    error: 'invalid_request',
    status: 400,
    message: 'AADSTS900382: Confidential Client is not supported in Cross Cloud request.',
    change: (tenant) => {
      tenant.homeCloud = 'gcc-high';
    },
  },
  {
    state: 'there is no enterprise application',
    code: 7000229,
    error: 'invalid_client',
    status: 401,
    message: 'AADSTS7000229: The client application APPID is missing service principal in the tenant',
    change: (tenant) => {
      tenant.servicePrincipals = [];
    },
  },
  {
    state: 'the enterprise application is disabled',
    code: 7000112,
    error: 'unauthorized_client',
    status: 400,
    message: "AADSTS7000112: Application 'APPID'(Mail reader) is disabled.",
    change: (tenant, app) => {
      servicePrincipalOf(tenant, app).enabled = false;
    },
  },
  {
    state: 'Conditional Access blocks the application',
    code: 53003,
    error: 'invalid_grant',
    status: 400,
    message:
      'AADSTS53003: Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    change: (tenant, app) => {
      servicePrincipalOf(tenant, app).blockedByConditionalAccess = true;
    },
  },
  {
    state: 'the scope is a delegated one',
    code: 1002012,
    error: 'invalid_scope',
    status: 400,
    message:
      'AADSTS1002012: The provided value for scope https://outlook.office365.com/IMAP.AccessAsUser.All is not valid. Client credential flows must have a scope value with /.default suffixed',
    send: { scope: 'https://outlook.office365.com/IMAP.AccessAsUser.All' },
  },
  {
    state: 'the scope is garbage',
    code: 70011,
    error: 'invalid_scope',
    status: 400,
    message: "AADSTS70011: The provided request must include a 'scope' input parameter.",
    send: { scope: '"<>"' },
  },
  {
    state: '/.default is forgotten, which cuts the resource',
    code: 500011,
    error: 'invalid_resource',
    status: 400,
    message: 'AADSTS500011: The resource principal named https:/ was not found in the tenant named Contoso.',
    send: { scope: 'https://outlook.office365.com' },
  },
  {
    state: "the resource is another cloud's",
    code: 500011,
    error: 'invalid_resource',
    status: 400,
    message: 'AADSTS500011: The resource principal named https://outlook.office365.us was not found',
    send: { scope: 'https://outlook.office365.us/.default' },
  },
  {
    state: 'the tenant has no Exchange Online',
    code: 500011,
    error: 'invalid_resource',
    status: 400,
    message: 'AADSTS500011: The resource principal named https://outlook.office365.com was not found',
    change: (tenant) => {
      tenant.exchangeOnlineId = null;
    },
  },
  {
    state: 'grant_type is absent',
    code: 900144,
    error: 'invalid_request',
    status: 400,
    message: "AADSTS900144: The request body must contain the following parameter: 'grant_type'.",
    send: { grant_type: undefined },
  },
  {
    state: 'a v1 parameter comes along',
    code: 901002,
    error: 'invalid_request',
    status: 400,
    message: "AADSTS901002: The 'resource' request parameter isn't supported.",
    send: { resource: 'https://outlook.office365.com' },
  },
  {
    state: 'the same token is asked for in a loop',
    code: 50196,
    error: 'invalid_grant',
    status: 400,
    message: 'AADSTS50196: The server terminated an operation because it encountered a client request loop.',
    change: (tenant) => {
      tenant.faults.entra = { kind: 'request-loop' };
    },
  },
  {
    state: 'the service is unavailable',
    code: 90033,
    error: 'temporarily_unavailable',
    status: 503,
    message: 'AADSTS90033: A transient error has occurred. Please try again.',
    change: (tenant) => {
      tenant.faults.entra = { kind: 'unavailable' };
    },
  },
];

describe('a token is refused when', () => {
  test.each(REFUSED)('$state: $code', async (row) => {
    const app = appId();
    const parameters = { ...parametersOf(sandbox), ...row.send };
    sandbox.change((tenant) => row.change?.(tenant, app));
    const answer = await askToken(
      sandbox,
      parameters,
      row.tenant === undefined ? {} : { tenant: row.tenant },
    );
    const body = jsonOf(answer);
    expect(body.error_codes).toEqual([row.code]);
    expect(body.error).toBe(row.error);
    expect(answer.status).toBe(row.status);
    expect(body.error_description).toContain(row.message.replace('APPID', app));
    expect(answer.headers['x-mailprobe-sandbox']).toBe('simulated');
  });
});

test("the body of a refusal is Entra's, member by member", async () => {
  const answer = await askToken(sandbox, { ...parametersOf(sandbox), client_secret: 'wrong' });
  const text = answer.text
    .replaceAll(/\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g, '<guid>')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, '<time>')
    .replaceAll(/127\.0\.0\.1:\d+/g, '<host>');
  await expect(text).toMatchFileSnapshot('../golden/sandbox-entra-refusal.json');
});

test('a refusal names the request id that the client sent, and the same trace id twice', async () => {
  const id = randomUUID();
  const answer = await ask(`${sandbox.authority}/nobody.example/oauth2/v2.0/token`, {
    ca: sandbox.ca,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'client-request-id': id },
    body: 'grant_type=client_credentials&client_id=x&scope=y',
  });
  const body = jsonOf(answer);
  expect(body.correlation_id).toBe(id);
  expect(body.error_description).toContain(
    `Trace ID: ${String(body.trace_id)} Correlation ID: ${id} Timestamp: `,
  );
  expect(answer.headers['x-ms-request-id']).toBe(body.trace_id);
});

test('a body that is JSON is not read', async () => {
  const answer = await ask(`${sandbox.authority}/${sandbox.tenant.id}/oauth2/v2.0/token`, {
    ca: sandbox.ca,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(parametersOf(sandbox)),
  });
  expect(jsonOf(answer).error_codes).toEqual([900144]);
});

test('GET is the wrong verb', async () => {
  const answer = await ask(`${sandbox.authority}/${sandbox.tenant.id}/oauth2/v2.0/token`, { ca: sandbox.ca });
  expect(jsonOf(answer).error_description).toContain('Received a GET request.');
});

describe('a token', () => {
  test("has the claims of Exchange's v1.0 tokens", async () => {
    const answer = await askToken(sandbox, parametersOf(sandbox));
    const { access_token: token, expires_in: expiresIn, token_type: type } = jsonOf(answer);
    const claims = decodeJwt(String(token));
    const principal = servicePrincipalOf(sandbox.tenant, appId());
    expect(decodeProtectedHeader(String(token))).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect(claims).toMatchObject({
      aud: 'https://outlook.office365.com',
      iss: `https://sts.windows.net/${sandbox.tenant.id}/`,
      appid: appId(),
      appidacr: '1',
      app_displayname: 'Mail reader',
      idtyp: 'app',
      oid: principal.id,
      sub: principal.id,
      tid: sandbox.tenant.id,
      roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
      ver: '1.0',
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(3900);
    expect(expiresIn).toBe(3899);
    expect(type).toBe('Bearer');
    expect(jsonOf(answer)).not.toHaveProperty('refresh_in');
  });

  test('is issued without roles when nothing was granted', async () => {
    sandbox.change((tenant) => {
      servicePrincipalOf(tenant, appId()).grantedRoles = [];
    });
    expect(decodeJwt(await tokenOf(sandbox))).not.toHaveProperty('roles');
  });

  test("for Graph has Graph's audience and roles only", async () => {
    const claims = decodeJwt(await tokenOf(sandbox, { scope: 'https://graph.microsoft.com/.default' }));
    expect(claims.aud).toBe('https://graph.microsoft.com');
    expect(claims.roles).toEqual(['Application.Read.All', 'User.Read.All']);
  });

  test('is given for the domain of the tenant as well as for its id', async () => {
    const answer = await askToken(sandbox, parametersOf(sandbox), { tenant: 'contoso.example' });
    expect(answer.status).toBe(200);
  });

  test('that lives long comes with refresh_in', async () => {
    sandbox.change((tenant) => {
      tenant.tokenLifetimeSeconds = 86_400;
    });
    expect(jsonOf(await askToken(sandbox, parametersOf(sandbox)))).toMatchObject({
      expires_in: 86_399,
      refresh_in: 43_200,
    });
  });

  test('is issued for a new secret next to an expired one', async () => {
    const next = createSecret('2027');
    sandbox.change((tenant) => {
      const { secrets } = applicationOf(tenant, appId());
      for (const secret of secrets) secret.endDateTime = daysFromNow(-1);
      secrets.push(next);
    });
    expect((await askToken(sandbox, parametersOf(sandbox))).status).toBe(401);
    expect((await askToken(sandbox, { ...parametersOf(sandbox), client_secret: next.value })).status).toBe(
      200,
    );
  });
});

describe('an assertion', () => {
  interface Made {
    readonly with?: IssuedCertificate;
    readonly signedBy?: IssuedCertificate;
    readonly algorithm?: 'PS256' | 'RS256';
    readonly times?: { readonly from: number; readonly until: number };
    readonly audience?: string;
    readonly issuer?: string;
    readonly subject?: string;
  }

  async function assertion(made: Made = {}): Promise<TokenParameters> {
    const shown = made.with ?? certificate;
    const now = Math.floor(Date.now() / 1000);
    const times = made.times ?? { from: 0, until: 600 };
    const algorithm = made.algorithm ?? 'PS256';
    const thumbprint = Buffer.from(
      new X509Certificate(shown.cert).fingerprint256.replaceAll(':', ''),
      'hex',
    ).toString('base64url');
    const token = await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', 'x5t#S256': thumbprint })
      .setIssuer(made.issuer ?? appId())
      .setSubject(made.subject ?? appId())
      .setAudience(made.audience ?? `${sandbox.authority}/${sandbox.tenant.id}/oauth2/v2.0/token`)
      .setNotBefore(now + times.from)
      .setExpirationTime(now + times.until)
      .sign(createPrivateKey((made.signedBy ?? shown).key));
    return {
      ...parametersOf(sandbox),
      client_secret: undefined,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: token,
    };
  }

  function register(): void {
    sandbox.change((tenant) => {
      registerCertificate(applicationOf(tenant, appId()), certificate.cert);
    });
  }

  test.each(['PS256', 'RS256'] as const)(
    'signed with %s by a registered certificate is accepted',
    async (algorithm) => {
      register();
      const answer = await askToken(sandbox, await assertion({ algorithm }));
      expect(decodeJwt(String(jsonOf(answer).access_token)).appidacr).toBe('2');
    },
  );

  test('of a certificate that is not registered is refused with its thumbprint', async () => {
    register();
    const body = jsonOf(await askToken(sandbox, await assertion({ with: foreign })));
    const thumbprint = new X509Certificate(foreign.cert).fingerprint256.replaceAll(':', '');
    expect(body.error_codes).toEqual([700027]);
    expect(body.error_description).toContain(
      `[Reason - The key was not found., Thumbprint of key used by client: '${thumbprint}'`,
    );
  });

  test('of a registered certificate that is expired is refused', async () => {
    register();
    sandbox.change((tenant) => {
      for (const known of applicationOf(tenant, appId()).certificates) known.endDateTime = daysFromNow(-1);
    });
    const body = jsonOf(await askToken(sandbox, await assertion()));
    expect(body.error_description).toContain('[Reason - The key used is expired.');
  });

  test("signed with another key than the certificate's is refused", async () => {
    register();
    const body = jsonOf(await askToken(sandbox, await assertion({ signedBy: foreign })));
    expect(body.error_codes).toEqual([700027]);
    expect(body.error_description).toContain('contains an invalid signature');
  });

  test('for another audience is refused', async () => {
    register();
    const audience = 'https://login.microsoftonline.us/x/oauth2/v2.0/token';
    const body = jsonOf(await askToken(sandbox, await assertion({ audience })));
    expect(body.error_codes).toEqual([700023]);
  });

  test.each([
    ['that has run out', { from: -7800, until: -7200 }],
    ['that is not valid yet', { from: 7200, until: 7800 }],
  ])('%s is refused with both times', async (_name, times) => {
    register();
    const answer = await askToken(sandbox, await assertion({ times }));
    expect(answer.status).toBe(401);
    expect(jsonOf(answer).error_description).toMatch(
      /AADSTS700024: .* Current time: \S+T\S+\.\d{7}Z, assertion valid from \S+\.\d{7}Z, expiry time of assertion \S+\.\d{7}Z\./,
    );
  });

  test('of a machine whose clock is off is refused, because the servers have the right time', async () => {
    register();
    sandbox.change((tenant) => {
      tenant.faults.clockSkewSeconds = 7200;
    });
    expect(jsonOf(await askToken(sandbox, await assertion())).error_codes).toEqual([700024]);
  });

  test('that is no JWT is refused', async () => {
    const parameters = { ...(await assertion()), client_assertion: 'nonsense' };
    expect(jsonOf(await askToken(sandbox, parameters)).error_codes).toEqual([50027]);
  });

  const workload = { issuer: 'https://issuer.example/', subject: 'system:serviceaccount:mail:prober' };
  test.each([
    ['of the federated workload is accepted', workload, undefined],
    ['of another issuer is refused', { ...workload, issuer: 'https://other.example/' }, 700211],
    ['of another subject is refused', { ...workload, subject: 'system:serviceaccount:mail:other' }, 700213],
    [
      'for another audience than the federated one is refused',
      { ...workload, audience: 'api://other' },
      700212,
    ],
  ])('%s', async (_name, made, code) => {
    sandbox.change((tenant) => {
      applicationOf(tenant, appId()).federated = [
        { id: randomUUID(), name: 'cluster', ...workload, audience: 'api://AzureADTokenExchange' },
      ];
    });
    const parameters = await assertion({ audience: 'api://AzureADTokenExchange', ...made });
    expect(jsonOf(await askToken(sandbox, parameters)).error_codes).toEqual(
      code === undefined ? code : [code],
    );
  });
});

describe('the host', () => {
  test('serves the discovery document and keys of the tenant', async () => {
    const { id } = sandbox.tenant;
    const url = `${sandbox.authority}/${id}/v2.0/.well-known/openid-configuration`;
    const document = jsonOf(await ask(url, { ca: sandbox.ca }));
    expect(document.token_endpoint).toBe(`${sandbox.authority}/${id}/oauth2/v2.0/token`);
    const keys = jsonOf(await ask(String(document.jwks_uri), { ca: sandbox.ca }));
    expect(keys).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256' }] });
    expect(JSON.stringify(keys)).not.toContain('"d"');
  });

  test('answers invalid_tenant in the discovery of an unknown tenant', async () => {
    const url = `${sandbox.authority}/nobody.example/v2.0/.well-known/openid-configuration`;
    const answer = await ask(url, { ca: sandbox.ca });
    expect(answer.status).toBe(400);
    expect(jsonOf(answer)).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] });
  });

  test('throttles in plain text with Retry-After', async () => {
    sandbox.change((tenant) => {
      tenant.faults.entra = { kind: 'throttled', retryAfterSeconds: 7 };
    });
    const answer = await askToken(sandbox, parametersOf(sandbox));
    expect(answer.status).toBe(429);
    expect(answer.text).toBe('Too Many Requests');
    expect(answer.headers['retry-after']).toBe('7');
  });

  test("shows a proxy's page in its place", async () => {
    sandbox.change((tenant) => {
      tenant.faults.entra = { kind: 'proxy-html', status: 403 };
    });
    const answer = await askToken(sandbox, parametersOf(sandbox));
    expect(answer.status).toBe(403);
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.headers.via).toContain('proxy.contoso.example');
  });

  test('answers 200 without a token', async () => {
    sandbox.change((tenant) => {
      tenant.faults.entra = { kind: 'empty' };
    });
    const answer = await askToken(sandbox, parametersOf(sandbox));
    expect([answer.status, jsonOf(answer)]).toEqual([200, {}]);
  });

  test('takes the request and never answers', async () => {
    sandbox.change((tenant) => {
      tenant.faults.entra = { kind: 'silent' };
    });
    const asked = askToken(sandbox, parametersOf(sandbox), { signal: AbortSignal.timeout(200) });
    await expect(asked).rejects.toThrow('aborted');
  });

  test('dates its answers by its own clock', async () => {
    sandbox.change((tenant) => {
      tenant.faults.clockSkewSeconds = 86_400;
    });
    const { headers } = await askToken(sandbox, parametersOf(sandbox));
    const ahead = Date.parse(String(headers.date)) - Date.now();
    expect(ahead).toBeGreaterThan(86_300_000);
    expect(ahead).toBeLessThan(86_500_000);
  });

  test('counts token requests by client id', async () => {
    const before = sandbox.requests().token[appId()] ?? 0;
    await tokenOf(sandbox);
    await tokenOf(sandbox);
    expect(sandbox.requests().token[appId()]).toBe(before + 2);
  });
});
