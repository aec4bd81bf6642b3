import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openapiDocument } from '../../src/report/openapi/document.ts';
import { ROUTES } from '../../src/report/routes/routes.ts';
import { EXAMPLES_FILE, openapiExamples } from '../../tools/docs-openapi-examples.ts';

const contentSchema = z.record(
  z.string(),
  z.looseObject({ schema: z.looseObject({ $ref: z.string().optional() }), example: z.unknown().optional() }),
);
const messageSchema = z.looseObject({ content: contentSchema.optional() });
const operationSchema = z.looseObject({
  operationId: z.string(),
  requestBody: messageSchema.optional(),
  responses: z.record(z.string(), messageSchema),
});
const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
  components: z.looseObject({
    schemas: z.record(z.string(), z.looseObject({ examples: z.array(z.unknown()).optional() })),
  }),
});

const DOCUMENT = openapiDocument(ROUTES, '1.2.3');

interface Example {
  /** `getHealth 503`, `explain request`. */
  readonly name: string;
  readonly $ref: string;
  readonly example: unknown;
}

/** Of each JSON content with a named schema; errors share one. */
function examplesOf(document: object): readonly Example[] {
  const { paths, components } = documentSchema.parse(document);
  const named = Object.values(paths)
    .flatMap((path) => Object.values(path))
    .flatMap(({ operationId, requestBody, responses }) =>
      Object.entries({ request: requestBody ?? {}, ...responses }).flatMap(([status, { content = {} }]) =>
        Object.entries(content).flatMap(([type, { schema, example }]): readonly Example[] => {
          if (schema.$ref === undefined || !/^application\/(?:health\+)?json$/.test(type)) return [];
          return [{ name: `${operationId} ${status}`, $ref: schema.$ref, example }];
        }),
      ),
    );
  const [example] = components.schemas['ProblemDetails']?.examples ?? [];
  return [...named, { name: 'errors', $ref: '#/components/schemas/ProblemDetails', example }];
}

test('every request and every answer in JSON has an example', () => {
  const examples = examplesOf(DOCUMENT);
  expect(examples.filter(({ example }) => example === undefined)).toEqual([]);
  const names = ['acknowledgeIncident request', 'getHealth 503', 'listIncidents 200', 'errors'];
  expect(examples.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

test.each(examplesOf(DOCUMENT))('$name fits its schema', async ({ $ref, example }) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(DOCUMENT, 'openapi.json');
  const validate = ajv.getSchema(`openapi.json${$ref}`);
  if (validate === undefined) throw new Error(`there is no schema ${$ref}`);
  await validate(example);
  expect(validate.errors).toBeNull();
});

test('the examples are what the server answers (else run: npm run docs)', async () => {
  await expect(await openapiExamples()).toMatchFileSnapshot(EXAMPLES_FILE);
});
