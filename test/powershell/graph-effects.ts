/**
 * What the simulated cmdlets of Microsoft Graph do: who may, by the scopes that were asked for, and what changes in
 * the sandbox's tenant. Messages are those of public reports.
 */
import { randomUUID, X509Certificate } from 'node:crypto';
import { EXCHANGE_ONLINE, MICROSOFT_GRAPH, PERMISSIONS, permissionOf } from '../../src/sandbox/directory.ts';
import { createSecret, registerCertificate } from '../../src/sandbox/tenant-builder.ts';
import { thumbprintSha1 } from '../../src/sandbox/entra-credential.ts';
import type { Application, ServicePrincipal, Tenant } from '../../src/sandbox/tenant.ts';
import { type Call, type Effect, Refusal, same, textOf } from './effect.ts';

const ENVIRONMENTS: Readonly<Record<Tenant['servedCloud'], string>> = {
  global: 'Global',
  'gcc-high': 'USGov',
  dod: 'USGovDoD',
  china: 'China',
};

const READ_APPLICATIONS = ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All'];
const WRITE_APPLICATIONS = ['Application.ReadWrite.All'];
const WRITE_GRANTS = ['AppRoleAssignment.ReadWrite.All'];

/** Least and higher privileged delegated permissions of the reference page of each request. */
function mustBeAllowed(call: Call, ...anyOf: readonly (readonly string[])[]): void {
  if (call.window.graph === undefined) {
    throw new Refusal('Authentication needed. Please call Connect-MgGraph.', true);
  }
  const { scopes } = call.window.graph;
  if (!anyOf.every((wanted) => wanted.some((scope) => scopes.includes(scope)))) {
    throw new Refusal('[Authorization_RequestDenied] : Insufficient privileges to complete the operation.');
  }
}

function missing(id: string): Refusal {
  return new Refusal(
    `[Request_ResourceNotFound] : Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

function filterOf(call: Call): string {
  const filter = textOf(call, 'Filter');
  const [, appId] = /^\s*appId\s+eq\s+'((?:[^']|'')*)'\s*$/i.exec(filter) ?? [];
  if (appId === undefined) throw new Refusal(`[Request_UnsupportedQuery] : Invalid filter clause: ${filter}`);
  return appId.replaceAll("''", "'");
}

function applicationNamed(call: Call): Application {
  const id = textOf(call, 'ApplicationId');
  const found = call.tenant.applications.find(({ objectId }) => same(objectId, id));
  if (found === undefined) throw missing(id);
  return found;
}

function principalNamed(call: Call, id: string): ServicePrincipal {
  const found = call.tenant.servicePrincipals.find((principal) => same(principal.id, id));
  if (found === undefined || call.isHidden(id)) throw missing(id);
  return found;
}

function shownApplication(application: Application): object {
  const wanted = application.requiredResourceAccess.flatMap(({ permission, type }) => {
    const known = permissionOf(permission);
    return known === undefined ? [] : [{ resource: known.resource, id: known.id, type }];
  });
  return {
    Id: application.objectId,
    AppId: application.appId,
    DisplayName: application.displayName,
    AdditionalProperties: { isDisabled: application.disabled ?? null },
    PasswordCredentials: application.secrets.map(
      ({ keyId, displayName, hint, endDateTime, startDateTime }) => ({
        KeyId: keyId,
        DisplayName: displayName,
        Hint: hint,
        EndDateTime: endDateTime,
        StartDateTime: startDateTime,
        SecretText: null,
      }),
    ),
    KeyCredentials: application.certificates.map((certificate) => ({
      KeyId: certificate.keyId,
      DisplayName: certificate.displayName,
      EndDateTime: certificate.endDateTime,
      CustomKeyIdentifier: [...Buffer.from(thumbprintSha1(certificate), 'hex')],
    })),
    RequiredResourceAccess: [EXCHANGE_ONLINE, MICROSOFT_GRAPH].flatMap((resource) => {
      const own = wanted.filter((each) => each.resource === resource);
      return own.length === 0
        ? []
        : [{ ResourceAppId: resource, ResourceAccess: own.map(({ id, type }) => ({ Id: id, Type: type })) }];
    }),
  };
}

function principalsOf(tenant: Tenant): readonly (readonly [appId: string, shown: object])[] {
  const microsoft = (id: string, appId: string, name: string) =>
    [
      appId,
      {
        Id: id,
        AppId: appId,
        DisplayName: name,
        AccountEnabled: true,
        AppRoles: PERMISSIONS.filter(({ resource, type }) => resource === appId && type === 'Role').map(
          (permission) => ({ Id: permission.id, Value: permission.value }),
        ),
      },
    ] as const;
  return [
    ...tenant.servicePrincipals.map(
      (principal) => [principal.appId, shownPrincipal(tenant, principal)] as const,
    ),
    ...(tenant.exchangeOnlineId === null
      ? []
      : [microsoft(tenant.exchangeOnlineId, EXCHANGE_ONLINE, 'Office 365 Exchange Online')]),
    microsoft(tenant.graphId, MICROSOFT_GRAPH, 'Microsoft Graph'),
  ];
}

function shownPrincipal(tenant: Tenant, principal: ServicePrincipal): object {
  return {
    Id: principal.id,
    AppId: principal.appId,
    DisplayName:
      tenant.applications.find(({ appId }) => appId === principal.appId)?.displayName ?? principal.appId,
    AccountEnabled: principal.enabled,
    DisabledByMicrosoftStatus: principal.disabledByMicrosoft ?? null,
    AppRoles: [],
  };
}

function grantsOf(tenant: Tenant, principal: ServicePrincipal): readonly { Id: string; value: string }[] {
  return principal.grantedRoles.flatMap((value) => {
    const known = permissionOf(value);
    if (known === undefined) return [];
    const ResourceId = known.resource === EXCHANGE_ONLINE ? tenant.exchangeOnlineId : tenant.graphId;
    return [{ Id: `grant-${value}`, value, AppRoleId: known.id, PrincipalId: principal.id, ResourceId }];
  });
}

const connect: Effect = (call) => {
  const { tenant, situation } = call;
  const wanted = textOf(call, 'TenantId');
  const environment = textOf(call, 'Environment') || 'Global';
  if (situation.graphSignIn !== undefined) throw new Refusal(situation.graphSignIn);
  if (environment !== ENVIRONMENTS[tenant.servedCloud]) {
    throw new Refusal(`AADSTS90002: Tenant '${wanted}' not found in ${environment}.`);
  }
  if (!same(wanted, tenant.id) && !same(wanted, tenant.domain)) {
    throw new Refusal(`AADSTS90002: Tenant '${wanted}' not found.`);
  }
  if (environment === 'China' && textOf(call, 'ClientId') === '') {
    throw new Refusal(
      "AADSTS700016: Application with identifier '14d82eec-204b-4c2f-b7e8-296a70dab67e' was not found.",
    );
  }
  const scopes = call.parameters.Scopes;
  call.window.graph = { tenant: tenant.id, scopes: Array.isArray(scopes) ? scopes.map(String) : [] };
  call.window.usedGraph = true;
  return {};
};

const grant: Effect = async (call) => {
  mustBeAllowed(call, READ_APPLICATIONS, WRITE_GRANTS);
  const principal = principalNamed(call, textOf(call, 'ServicePrincipalId'));
  principalNamed(call, textOf(call, 'PrincipalId'));
  const role = PERMISSIONS.find(({ id }) => id === textOf(call, 'AppRoleId'));
  const resource = role?.resource === EXCHANGE_ONLINE ? call.tenant.exchangeOnlineId : call.tenant.graphId;
  if (role === undefined || resource !== textOf(call, 'ResourceId')) {
    throw new Refusal('[Request_BadRequest] : Permission being assigned was not found on application.');
  }
  if (principal.grantedRoles.includes(role.value)) {
    throw new Refusal('[Request_BadRequest] : Permission being assigned already exists on the object');
  }
  await call.control('PATCH', `/service-principals/${principal.appId}`, {
    grantedRoles: [...principal.grantedRoles, role.value],
  });
  return { output: [{ Id: `grant-${role.value}`, AppRoleId: role.id, PrincipalId: principal.id }] };
};

const updateApplication: Effect = async (call) => {
  mustBeAllowed(call, WRITE_APPLICATIONS);
  const application = applicationNamed(call);
  const access = call.parameters.RequiredResourceAccess;
  const disabled = Reflect.get(Object(call.parameters.AdditionalProperties), 'isDisabled') as unknown;
  if (typeof disabled === 'boolean')
    await call.control('PATCH', `/applications/${application.appId}`, { disabled });
  const keys = call.parameters.KeyCredentials;
  if (Array.isArray(keys)) await putCertificates(call, application, keys);
  if (!Array.isArray(access)) return {};
  const requiredResourceAccess = access.flatMap((resource: object) =>
    [Reflect.get(resource, 'ResourceAccess') as unknown].flat().map((item) => {
      const id = String(Reflect.get(Object(item), 'Id'));
      const known = PERMISSIONS.find((permission) => permission.id === id);
      return { permission: known?.value ?? id, type: String(Reflect.get(Object(item), 'Type')) };
    }),
  );
  await call.control('PATCH', `/applications/${application.appId}`, { requiredResourceAccess });
  return {};
};

/** The list is replaced as a whole; entries without a key are those that are there. */
async function putCertificates(
  call: Call,
  application: Application,
  keys: readonly unknown[],
): Promise<void> {
  const limit = policyFor(call, application)?.certificateMaxLifetimeDays;
  const certificates = keys.map((entry) => {
    const { key, type, usage, ...more } = Object.fromEntries(Object.entries(Object(entry)));
    if (!Array.isArray(key) || type !== 'AsymmetricX509Cert' || usage !== 'Verify') {
      throw new Refusal('[Request_BadRequest] : Key credential is not valid.');
    }
    const unknown = Object.keys(more).filter(
      (name) => !/^(?:displayName|keyId|startDateTime|endDateTime)$/i.test(name),
    );
    if (unknown.length > 0) {
      throw new Refusal(
        `Cannot convert the hash table to IMicrosoftGraphKeyCredential: ${unknown.join(', ')}`,
        true,
      );
    }
    const bytes = Uint8Array.from(key, Number);
    const pem = new X509Certificate(bytes).toString();
    const certificate = registerCertificate({ ...application, certificates: [] }, pem);
    const { startDateTime, endDateTime } = certificate;
    if (limit !== undefined && Date.parse(endDateTime) - Date.parse(startDateTime) > limit * DAY_MS) {
      throw tooLong(policyFor(call, application)?.id);
    }
    return certificate;
  });
  await call.control('PATCH', `/applications/${application.appId}`, { certificates });
}

const DAY_MS = 86_400_000;

/** The tenant's default policy, or the one that is assigned to this application. */
function policyFor(
  { tenant: { secretPolicy: policy } }: Call,
  { appId }: Application,
): Tenant['secretPolicy'] {
  return policy?.assignedTo === undefined || same(policy.assignedTo, appId) ? policy : undefined;
}

function tooLong(id = ''): Refusal {
  return new Refusal(
    `[CredentialInvalidLifetimeAsPerAppPolicy] : Credential lifetime exceeds the max value allowed as per assigned policy '${id}'.`,
  );
}

const addPassword: Effect = async (call) => {
  mustBeAllowed(call, WRITE_APPLICATIONS);
  const application = applicationNamed(call);
  const wanted: object = Object(call.parameters.PasswordCredential);
  for (const key of Object.keys(wanted)) {
    if (!/^(?:displayName|endDateTime|startDateTime|hint|keyId|secretText|customKeyIdentifier)$/i.test(key)) {
      throw new Refusal(`Cannot convert the hash table to IMicrosoftGraphPasswordCredential: ${key}`, true);
    }
  }
  const start = new Date();
  const end = new Date(
    String(Reflect.get(wanted, 'endDateTime') ?? new Date(start.getTime() + 63_072_000_000).toISOString()),
  );
  const policy = policyFor(call, application);
  if (policy?.blocked === true) {
    throw new Refusal(
      `[CredentialTypeNotAllowedAsPerAppPolicy] : Credential type not allowed as per assigned policy '${policy.id}'.`,
    );
  }
  if (
    policy?.maxLifetimeDays !== undefined &&
    end.getTime() - start.getTime() > policy.maxLifetimeDays * DAY_MS
  ) {
    throw tooLong(policy.id);
  }
  const secret = createSecret(String(Reflect.get(wanted, 'displayName') ?? ''), {
    startDateTime: start.toISOString(),
    endDateTime: end.toISOString(),
  });
  const { hint, ...made } = secret;
  await call.control('POST', `/applications/${application.appId}/secrets`, made);
  return {
    output: [
      {
        KeyId: secret.keyId,
        DisplayName: secret.displayName,
        Hint: hint,
        EndDateTime: secret.endDateTime,
        SecretText: secret.value,
      },
    ],
  };
};

const createPrincipal: Effect = async (call) => {
  mustBeAllowed(call, WRITE_APPLICATIONS);
  const appId = textOf(call, 'AppId');
  if (call.tenant.servicePrincipals.some((principal) => same(principal.appId, appId))) {
    throw new Refusal(
      '[Request_MultipleObjectsWithSameKeyValue] : The service principal cannot be created, updated, or restored because the service principal name is already in use.',
    );
  }
  if (!call.tenant.applications.some((application) => same(application.appId, appId))) {
    throw new Refusal(
      `[Request_BadRequest] : When using this permission, the backing application of the service principal being created must in the local tenant`,
    );
  }
  const principal: ServicePrincipal = {
    appId,
    id: randomUUID(),
    enabled: true,
    grantedRoles: [],
    blockedByConditionalAccess: false,
  };
  await call.control('PUT', `/service-principals/${appId}`, principal);
  call.hide(principal.id);
  return { output: [shownPrincipal(call.tenant, principal)] };
};

export const GRAPH_EFFECTS: Readonly<Record<string, Effect>> = {
  'Connect-MgGraph': connect,
  'Disconnect-MgGraph': ({ window }) => {
    if (window.graph === undefined) throw new Refusal('No application to sign out from.');
    delete window.graph;
    return {};
  },
  'Get-MgContext': ({ window }) =>
    window.graph === undefined
      ? {}
      : { output: [{ TenantId: window.graph.tenant, Scopes: window.graph.scopes }] },
  'Get-MgApplication': (call) => {
    mustBeAllowed(call, READ_APPLICATIONS);
    const appId = filterOf(call);
    return {
      output: call.tenant.applications.filter((each) => same(each.appId, appId)).map(shownApplication),
    };
  },
  'Get-MgServicePrincipal': (call) => {
    mustBeAllowed(call, READ_APPLICATIONS);
    const wanted = filterOf(call);
    return {
      output: principalsOf(call.tenant).flatMap(([appId, shown]) => (same(appId, wanted) ? [shown] : [])),
    };
  },
  'Update-MgApplication': updateApplication,
  'Add-MgApplicationPassword': addPassword,
  'Remove-MgApplicationPassword': async (call) => {
    mustBeAllowed(call, WRITE_APPLICATIONS);
    const { appId, secrets } = applicationNamed(call);
    const keyId = textOf(call, 'KeyId');
    if (!secrets.some((secret) => same(secret.keyId, keyId))) {
      throw new Refusal(`[Request_BadRequest] : No password credential found with keyId '${keyId}'.`);
    }
    await call.control('DELETE', `/applications/${appId}/secrets/${keyId}`);
    return {};
  },
  'New-MgServicePrincipal': createPrincipal,
  'Update-MgServicePrincipal': async (call) => {
    mustBeAllowed(call, WRITE_APPLICATIONS);
    const principal = principalNamed(call, textOf(call, 'ServicePrincipalId'));
    const enabled = call.parameters.AccountEnabled;
    if (typeof enabled === 'boolean')
      await call.control('PATCH', `/service-principals/${principal.appId}`, { enabled });
    return {};
  },
  'Get-MgServicePrincipalAppRoleAssignment': (call) => {
    mustBeAllowed(call, READ_APPLICATIONS);
    return { output: grantsOf(call.tenant, principalNamed(call, textOf(call, 'ServicePrincipalId'))) };
  },
  'New-MgServicePrincipalAppRoleAssignment': grant,
  'Remove-MgServicePrincipalAppRoleAssignment': async (call) => {
    mustBeAllowed(call, READ_APPLICATIONS, WRITE_GRANTS);
    const principal = principalNamed(call, textOf(call, 'ServicePrincipalId'));
    const id = textOf(call, 'AppRoleAssignmentId');
    const found = grantsOf(call.tenant, principal).find((each) => each.Id === id);
    if (found === undefined) throw missing(id);
    await call.control('PATCH', `/service-principals/${principal.appId}`, {
      grantedRoles: principal.grantedRoles.filter((value) => value !== found.value),
    });
    return {};
  },
};
