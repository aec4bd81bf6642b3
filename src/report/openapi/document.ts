/** Builds the OpenAPI 3.1 document from the contracts of the routes. The route `/openapi.json` serves it. */
import type { z } from 'zod';
import { CONDITION } from '../http/parameters.ts';
import { problemDetailsSchema } from '../http/problem-details.ts';
import { PROBLEM_TYPES, type ProblemType } from '../http/problem-types.ts';
import type { Answer, Content, Route } from '../routes/route.ts';
import { componentSchemas, shapeOf } from './components.ts';
import examples from './examples.json' with { type: 'json' };

/**
 * Key: the id of a route. Value: its examples, with the key `request` for the request, and with the status as the key
 * for a response.
 */
const EXAMPLES: Readonly<Record<string, Readonly<Record<string, object>>>> = examples;

const TAGS = [
  { name: 'state', description: 'What is known' },
  { name: 'past', description: 'The past: read from the store, 503 while it is unavailable' },
  { name: 'act', description: 'The discovery of routes' },
  { name: 'metrics', description: 'For Prometheus' },
  { name: 'service', description: 'The process itself' },
];

export function openapiDocument(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: written(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'mailprobe',
      version,
      summary: 'Can the watched applications open their Microsoft 365 mailboxes, and if not, why not?',
      description:
        'JSON is snake_case, times are RFC 3339, durations are seconds, `null` means that it never happened or is not known. Clients must ignore members that they do not know, because members may be added.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: TAGS,
    paths,
    components: {
      schemas: componentSchemas(routes.flatMap(schemasOf), {
        ProblemDetails: EXAMPLES['ProblemDetails']?.['404'],
      }),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A token of the file that `http.tokens_file` names. Without that key, no token is needed.',
        },
        basic: {
          type: 'http',
          scheme: 'basic',
          description: 'The same token as the password of any user name: for browsers and calendars.',
        },
      },
    },
  };
}

function written(route: Route): object {
  const { id, tag, access, summary, description, conditional = false, body } = route;
  const parameters = [...(route.parameters ?? []), ...(conditional ? [CONDITION] : [])];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: contentOf(body, EXAMPLES[id]?.['request']) } }),
    responses: {
      ...problemAnswers(problemsOf(route)),
      // A response of the route itself, such as 503 of /health, replaces the problem details with that status.
      ...answersOf(route),
      default: { description: 'Any other error: RFC 9457 problem details.', content: problemContent() },
    },
    security: [...(access === 'anyone' ? [{}] : []), { bearer: [] }, { basic: [] }],
  };
}

function answersOf({ id, answers, conditional = false }: Route): object {
  const headers = conditional
    ? { headers: { ETag: { description: 'For If-None-Match.', schema: { type: 'string' } } } }
    : {};
  const written = (status: '200' | '503', { description, content }: Answer): object => ({
    description,
    ...headers,
    content: contentOf(content, EXAMPLES[id]?.[status]),
  });
  if ('303' in answers) return { 303: { description: answers[303].description } };
  return {
    200: written('200', answers[200]),
    ...(conditional ? { 304: { description: 'Nothing changed since that ETag.', ...headers } } : {}),
    ...(answers[503] === undefined ? {} : { 503: written('503', answers[503]) }),
  };
}

/** Returns the problem types of a route, including those that its access class and its query imply. */
function problemsOf({ access, ignoresQuery = false, problems = [] }: Route): readonly ProblemType[] {
  return [
    ...(access === 'anyone' ? [] : (['unauthorised', 'cross-site'] as const)),
    ...(ignoresQuery ? [] : (['bad-parameter'] as const)),
    ...problems,
  ];
}

function schemasOf({ body = {}, answers, mentions = [] }: Route): readonly z.ZodType[] {
  const contents = [body, ...Object.values(answers).map(({ content }: Answer) => content)];
  const shapes = contents.flatMap((content) => Object.values(content));
  return [...shapes.filter((shape) => typeof shape !== 'string'), ...mentions];
}

function contentOf(content: Content, example: object | undefined): object {
  const isJson = (type: string): boolean => type.endsWith('json');
  return Object.fromEntries(
    Object.entries(content).map(([type, shape]) => [
      type,
      { schema: shapeOf(shape), ...(example !== undefined && isJson(type) ? { example } : {}) },
    ]),
  );
}

/** Groups the problem types by status, because several may have the same one. */
function problemAnswers(types: readonly ProblemType[]): object {
  const byStatus = new Map<number, ProblemType[]>();
  for (const type of types) {
    const [status] = PROBLEM_TYPES[type];
    byStatus.set(status, [...(byStatus.get(status) ?? []), type]);
  }
  return Object.fromEntries(
    Array.from(byStatus, ([status, names]) => {
      const description = names.map((name) => `${PROBLEM_TYPES[name][1]} (\`${name}\`).`).join(' ');
      return [status, { description, content: problemContent() }];
    }),
  );
}

function problemContent(): object {
  return { 'application/problem+json': { schema: shapeOf(problemDetailsSchema) } };
}
