/**
 * The OpenAPI 3.1 document of the HTTP interface, from the table of operations and the schemas. Served at
 * `/openapi.json`, read by client generators.
 */
import { PROBLEM_TYPES, type ProblemType } from '../http/problem-types.ts';
import { problemDetailsSchema } from '../http/problem-details.ts';
import { componentSchemas, shapeOf } from './components.ts';
import type { Answer, Operation, Shape } from './operation.ts';
import { OPERATIONS } from './operations.ts';

const TAGS = [
  { name: 'state', description: 'What is known' },
  { name: 'act', description: 'What can be asked for' },
  { name: 'metrics', description: 'For Prometheus' },
  { name: 'service', description: 'The process itself' },
];

export function openapiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    const path = operation.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: written(operation) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'mailprobe',
      version,
      summary: 'Can the watched applications open their Microsoft 365 mailboxes, and if not, why not?',
      description:
        'JSON is snake_case, times are RFC 3339, durations are seconds, `null` is what never happened or is not known. Clients must ignore members that they do not know: they may be added.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: TAGS,
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of the file that `http.tokens_file` names. Without that key none is needed.',
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

function written(operation: Operation): object {
  const { id, tag, access, summary, description, parameters = [], body, answers, problems = [] } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    responses: {
      ...problemAnswers(access === 'anyone' ? problems : ['unauthorised', ...problems]),
      // What an operation says itself of a status (503 of /health) goes before what problems say of it.
      ...Object.fromEntries(answers.map((answer) => [answer.status, answerOf(answer)])),
      default: { description: 'Any other error: RFC 9457 problem details.', content: problemContent() },
    },
    security: [...(access === 'anyone' ? [{}] : []), { bearer: [] }, { basic: [] }],
  };
}

function answerOf({ status, description, content }: Answer): object {
  const isJson = content?.['application/json'] !== undefined;
  const etag = { ETag: { description: 'For If-None-Match.', schema: { type: 'string' } } };
  return {
    description,
    ...(status === 304 || isJson ? { headers: etag } : {}),
    ...(content === undefined ? {} : { content: contentOf(content) }),
  };
}

function contentOf(content: Readonly<Record<string, Shape>>): object {
  return Object.fromEntries(
    Object.entries(content).map(([type, shape]) => [type, { schema: shapeOf(shape) }]),
  );
}

/** Several types may share a status. */
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
