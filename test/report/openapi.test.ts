import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEvents } from '../../src/report/events.ts';
import { PROBLEM_TYPES } from '../../src/report/http/problem-types.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { openapiDocument } from '../../src/report/openapi/document.ts';
import { ROUTES } from '../../src/report/routes/routes.ts';
import { apiReference } from '../../tools/docs-api.ts';
import { aServer, aSource } from './fleet.ts';
import { FORM } from '../../src/report/http/form.ts';
import { aPast, INCIDENT, SECOND_WINDOW, THIRD_WINDOW, WINDOW } from './past-source.ts';

let server: FastifyInstance;

beforeAll(async () => {
  const events = createEvents(createRedactor());
  const replicas = () => [{ id: 'r1', name: 'a', apps: ['plm'], isSelf: true, isAlike: true }];
  server = await aServer({ ...aSource(), ...aPast(), replicas }, { events });
});

afterAll(async () => {
  await server.close();
});

test('the document is valid OpenAPI 3.1', async () => {
  const answer = await server.inject('/openapi.json');
  const document: Record<string, unknown> = answer.json();
  const validator = new Validator();
  const { valid, errors } = await validator.validate(document);
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  expect(validator.version).toBe('3.1');
});

/** All routes as the router lists them. The methods of a path come from the server's own `Allow` header. */
async function routes(): Promise<readonly string[]> {
  const parts: string[] = [];
  const paths = new Set<string>();
  for (const line of server.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent = '', part = '', methods] = /^([│ ]*)[└├]── (\S+)( \(.*\))?$/.exec(line) ?? [];
    parts.splice(indent.length / 4, parts.length, part);
    if (methods !== undefined) paths.add(parts.join(''));
  }
  const found: string[] = [];
  for (const path of paths) {
    const { headers } = await server.inject({ method: 'OPTIONS', url: path.replace(':id', 'x') });
    for (const method of String(headers.allow).split(', ')) {
      if (method !== 'HEAD') found.push(`${method} ${path}`);
    }
  }
  return found.sort();
}

test('every route of the server is in the document, and no other', async () => {
  const described = ROUTES.map(({ method, path }) => `${method} ${path}`).sort();
  expect(await routes()).toEqual(described);
  expect(described).toContain('POST /api/v1/mailboxes/:id/probe');
});

describe.each(ROUTES.filter(({ id }) => id !== 'listenToEvents' && id !== 'streamRevisions'))(
  '$method $path',
  ({ method, path, parameters = [], body = {} }) => {
    const IDS: Readonly<Record<string, string>> = {
      '/api/v1/apps/:id': 'plm',
      '/api/v1/incidents/:id': INCIDENT,
      '/incidents/:id': INCIDENT,
      '/api/v1/incidents/:id/acknowledgement': INCIDENT,
      '/api/v1/maintenance/:id': THIRD_WINDOW,
      '/assets/:id': 'page.js',
      '/apps/:id': 'plm',
      '/apps/:id/maintenance': 'plm',
      '/apps/:id/maintenance/end': 'plm',
      '/problems/:id': 'secret-expired:app:plm',
      '/incidents/:id/acknowledgement': INCIDENT,
      '/incidents/:id/acknowledgement/end': INCIDENT,
    };
    const BODIES: Readonly<Record<string, object>> = {
      '/api/v1/explain': { text: 'x' },
      '/api/v1/incidents/:id/acknowledgement': { by: 'Ada' },
      '/api/v1/maintenance': { by: 'Ada' },
    };
    const FORMS: Readonly<Record<string, string>> = {
      '/explain': 'text=x',
      '/incidents/:id/acknowledgement': 'by=Ada',
      '/mailboxes/:id/maintenance': 'by=Ada&hours=1',
      '/mailboxes/:id/maintenance/end': `window=${WINDOW}`,
      '/apps/:id/maintenance': 'by=Ada&hours=1',
      '/apps/:id/maintenance/end': `window=${SECOND_WINDOW}`,
    };
    const isForm = FORM in body;
    const payload = isForm ? (FORMS[path] ?? '') : method === 'POST' ? BODIES[path] : undefined;
    const url = path.replace(':id', IDS[path] ?? 'sales');
    const VALUES: Readonly<Record<string, string>> = {
      app: 'crm',
      mailbox: 'sales',
      up: 'false',
      limit: '5',
      protocol: 'imap',
      target: 'sales',
      module: 'imap',
      state: 'open',
      from: '2026-11-01',
      until: '2026-11-02T08:00:00Z',
      cause: 'secret-expired',
      owner: 'microsoft',
      by: 'label.team',
      sort: 'name',
      group: 'app',
      page: '1',
    };
    const query = new URLSearchParams(
      parameters.flatMap(({ name, in: where }): [string, string][] => {
        if (where !== 'query' || name === 'cursor') return [];
        return name === 'labels' ? [] : [[name, VALUES[name] ?? 'false']];
      }),
    );

    test('accepts every documented parameter', async () => {
      const answer = await server.inject({
        method,
        url: `${url}?${query.toString()}`,
        ...(payload === undefined ? {} : { payload }),
        ...(isForm ? { headers: { 'content-type': FORM } } : {}),
      });
      const isTaken = [200, 303, 503].includes(answer.statusCode);
      expect([isTaken ? 'taken' : answer.body]).toEqual(['taken']);
    });

    // Orchestrators may append any query to the paths of their probes.
    const forgiving = ['/livez', '/readyz'].includes(path);
    test(`answers ${forgiving ? 200 : 400} to any other`, async () => {
      const { statusCode } = await server.inject({ method, url: `${url}?${query.toString()}&unheard_of=1` });
      expect(statusCode).toBe(forgiving ? 200 : 400);
    });
  },
);

test('the answers match the document, checked by a second validator', async () => {
  const document = openapiDocument(ROUTES, '1.2.3');
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'openapi.json');
  const names = {
    MailboxList: '/api/v1/mailboxes',
    MailboxDetail: '/api/v1/mailboxes/sales',
    AppList: '/api/v1/apps',
    CredentialList: '/api/v1/credentials',
    ProblemList: '/api/v1/problems',
    IncidentList: '/api/v1/incidents',
    Incident: `/api/v1/incidents/${INCIDENT}`,
    MailboxHistory: '/api/v1/mailboxes/sales/history',
    Availability: '/api/v1/availability',
    MaintenanceList: '/api/v1/maintenance',
    Health: '/health',
    ProblemDetails: '/api/v1/mailboxes/nobody',
  };
  for (const [name, url] of Object.entries(names)) {
    const validate = ajv.getSchema(`openapi.json#/components/schemas/${name}`);
    const { body } = await server.inject(url);
    if (validate === undefined) throw new Error(`there is no schema ${name}`);
    await validate(JSON.parse(body));
    expect({ name, errors: validate.errors }).toEqual({ name, errors: null });
    expect({ name, fits: validate({ nonsense: true }) }).toEqual({ name, fits: false });
  }
});

test('every problem type that a route can answer with is in its contract, implied by it, or common to all', () => {
  const described = new Set<string>(ROUTES.flatMap(({ problems = [] }) => problems));
  const all = [
    'unauthorised',
    'bad-parameter',
    'cross-site',
    'bad-request',
    'no-such-route',
    'method-not-allowed',
    'timeout',
    'uri-too-long',
    'wrong-host',
    'header-too-large',
    'internal-error',
  ];
  expect([...described, ...all].sort()).toEqual(Object.keys(PROBLEM_TYPES).sort());
});

test('docs/api.md is current (else run: node tools/docs-api.ts)', async () => {
  await expect(apiReference()).toMatchFileSnapshot('../../docs/api.md');
});

test('the contract matches its golden file', async () => {
  const text = `${JSON.stringify(openapiDocument(ROUTES, '0.0.0'), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../golden/report/openapi.json');
});
