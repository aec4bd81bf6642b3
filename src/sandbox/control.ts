/**
 * The control API, plain HTTP on loopback: shows the tenant, changes it at run time, applies a scenario, and resets it.
 * The schemas of `tenant.ts` validate the input, and a refusal states what was expected. As in the Azure portal, the
 * value of a secret is shown only once, when the secret is created.
 */
import { z } from 'zod';
import { applicationOf, SandboxInputError } from './directory.ts';
import { readableJson } from './readable-json.ts';
import { createSecret } from './tenant-builder.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from './http-front.ts';
import { applyScenario, SCENARIOS, scenarioNamed } from './scenarios.ts';
import { type Collection, COLLECTIONS } from './tenant-collection.ts';
import { faultsSchema } from './fault.ts';
import { directorySchema, secretSchema, type Tenant } from './tenant.ts';

export interface ControlOptions {
  readonly tenant: () => Tenant;
  readonly change: (mutate: (tenant: Tenant) => void) => void;
  readonly reset: () => void;
  readonly requests: () => unknown;
  readonly addresses: () => Readonly<Record<string, string>>;
}

const HELP = {
  'GET /': 'this help',
  'GET /tenant': 'the tenant as data (values of secrets are left out)',
  'PATCH /tenant': 'its own members: {"deleted":true}, {"homeCloud":"gcc-high"}, {"tokenLifetimeSeconds":60}',
  'PATCH /faults': 'faults of hosts and network: {"imap":{"kind":"refuse"}}, {"clockSkewSeconds":7200}',
  'PATCH|PUT|DELETE /mailboxes/ADDRESS': '{"imapEnabled":false}, {"fullAccess":[]}, ...',
  'PATCH|PUT|DELETE /applications/APPID': '{"publicClient":true}, ...',
  'PATCH|PUT|DELETE /service-principals/APPID':
    '{"grantedRoles":["IMAP.AccessAsApp"]}, {"enabled":false}, ...',
  'PATCH|PUT|DELETE /exchange-service-principals/APPID': '{"objectId":"..."}',
  'POST /applications/APPID/secrets': 'a new secret, shown once: {"displayName":"2027","endDateTime":"..."}',
  'PATCH|DELETE /applications/APPID/secrets/KEYID': '{"endDateTime":"2026-01-01T00:00:00Z"}',
  'POST /scenario/NAME': 'a named state: {"app":"APPID","mailbox":"ADDRESS"}; without them the first of each',
  'POST /reset': 'back to the tenant the sandbox was started with',
  'GET /requests': 'how often each front end was asked',
} as const;

export function createControl(options: ControlOptions): HttpHandler {
  return async (request) => {
    await Promise.resolve();
    try {
      return readable(answer(options, request));
    } catch (error) {
      if (error instanceof SandboxInputError) return refusal(400, error.message);
      if (error instanceof z.ZodError) return refusal(400, explain(error));
      throw error;
    }
  };
}

/** Formats the body for people at a terminal. */
function readable(answered: HttpAnswer): HttpAnswer {
  if (typeof answered.body !== 'object' || answered.body === null) return answered;
  const headers = { 'content-type': 'application/json; charset=utf-8', ...answered.headers };
  return { ...answered, headers, body: readableJson(answered.body) };
}

function answer(options: ControlOptions, request: HttpRequest): HttpAnswer {
  const [resource = '', key, child, childKey, ...more] = request.path.split('/').slice(1);
  if (more.length > 0) return unknownPath(request);
  const asked = `${request.method} /${resource}`;
  if (key === undefined) {
    switch (asked) {
      case 'GET /':
        return { status: 200, body: help(options) };
      case 'GET /tenant':
        return shown(options);
      case 'GET /requests':
        return { status: 200, body: { simulated: true, requests: options.requests() } };
      case 'PATCH /tenant':
        return patch(options, options.tenant(), directorySchema.partial(), request);
      case 'PATCH /faults':
        return patch(options, options.tenant().faults, faultsSchema.partial(), request);
      case 'POST /reset':
        options.reset();
        return shown(options);
      default:
        return unknownPath(request);
    }
  }
  if (asked === 'POST /scenario' && child === undefined) return playScenario(options, key, request);
  if (resource === 'applications' && child === 'secrets') {
    return changeSecret(options, request, key, childKey);
  }
  const entries = Object.hasOwn(COLLECTIONS, resource) ? COLLECTIONS[resource] : undefined;
  if (entries === undefined || child !== undefined) return unknownPath(request);
  return changeEntry(options, entries, request, key);
}

function changeEntry(
  options: ControlOptions,
  entries: Collection,
  request: HttpRequest,
  key: string,
): HttpAnswer {
  if (request.method === 'PUT') {
    const value = json(request);
    options.change((tenant) => {
      entries.put(tenant, key, value);
    });
    return shown(options);
  }
  const entry = entries.find(options.tenant(), key);
  if (entry === undefined) {
    const known = entries.keys(options.tenant()).join(', ') || 'none';
    return refusal(404, `expected one of: ${known}; got ${JSON.stringify(key)}`);
  }
  if (request.method === 'GET') return { status: 200, body: withoutSecrets(entry) };
  if (request.method === 'PATCH') return patch(options, entry, entries.partial, request);
  if (request.method !== 'DELETE') return unknownPath(request);
  options.change((tenant) => {
    entries.remove(tenant, key);
  });
  return shown(options);
}

function changeSecret(
  options: ControlOptions,
  request: HttpRequest,
  appId: string,
  keyId: string | undefined,
): HttpAnswer {
  const application = applicationOf(options.tenant(), appId);
  if (request.method === 'POST' && keyId === undefined) {
    const wanted = secretSchema.omit({ hint: true }).partial().parse(json(request));
    const { displayName = 'made by the control API', ...rest } = wanted;
    const secret = createSecret(displayName, rest);
    options.change(() => {
      application.secrets.push(secret);
    });
    return { status: 201, body: { simulated: true, secret } };
  }
  const secret = application.secrets.find((candidate) => candidate.keyId === keyId);
  if (secret === undefined) {
    const known = application.secrets.map((candidate) => candidate.keyId).join(', ') || 'none';
    return refusal(404, `expected the key id of a secret, one of: ${known}`);
  }
  if (request.method === 'PATCH') {
    return patch(
      options,
      secret,
      secretSchema.omit({ value: true, hint: true, keyId: true }).partial(),
      request,
    );
  }
  if (request.method !== 'DELETE') return unknownPath(request);
  options.change(() => {
    application.secrets.splice(application.secrets.indexOf(secret), 1);
  });
  return shown(options);
}

const scenarioInput = z.strictObject({ app: z.string().optional(), mailbox: z.string().optional() });

function playScenario(options: ControlOptions, name: string, request: HttpRequest): HttpAnswer {
  const { title, cause } = scenarioNamed(name);
  const subject = scenarioInput.parse(request.body === '' ? {} : json(request));
  options.change((tenant) => {
    applyScenario(tenant, name, subject);
  });
  return { status: 200, body: { simulated: true, scenario: name, title, cause } };
}

function patch(
  options: ControlOptions,
  entry: object,
  schema: z.ZodType<object>,
  request: HttpRequest,
): HttpAnswer {
  const wanted = schema.parse(json(request));
  options.change(() => {
    Object.assign(entry, wanted);
  });
  return { status: 200, body: withoutSecrets(entry) };
}

function help(options: ControlOptions): unknown {
  return {
    simulated: true,
    about:
      'A simulated Microsoft 365 tenant of mailprobe, for testing alerts. Nothing here belongs to Microsoft or connects to it.',
    addresses: options.addresses(),
    requests: HELP,
    scenarios: SCENARIOS.map(({ name, cause, title, protocols }) => ({ name, cause, title, protocols })),
  };
}

function shown(options: ControlOptions): HttpAnswer {
  return { status: 200, body: { simulated: true, tenant: withoutSecrets(options.tenant()) } };
}

function withoutSecrets(value: object): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, member: unknown) => (name === 'value' ? undefined : member)),
  );
}

function json(request: HttpRequest): unknown {
  try {
    return JSON.parse(request.body);
  } catch {
    throw new SandboxInputError(
      `expected a JSON body such as {"imapEnabled":false}, got ${request.body === '' ? 'none' : 'something else'}`,
    );
  }
}

function explain(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => `${path.length === 0 ? 'body' : path.join('.')}: ${message}`)
    .join('; ');
}

function unknownPath(request: HttpRequest): HttpAnswer {
  return refusal(
    404,
    `expected one of: ${Object.keys(HELP).join(', ')}; got ${request.method} ${request.path}`,
  );
}

function refusal(status: number, error: string): HttpAnswer {
  return { status, body: { simulated: true, error } };
}
