/**
 * The named schemas of the OpenAPI document: those of the routes, and those nested in them. Routes refer to them with
 * `shapeOf`. Tests validate responses with the same schemas.
 */
import { z } from 'zod';
import { problemDetailsSchema } from '../http/problem-details.ts';
import type { Shape } from '../routes/route.ts';

const HOME = '#/components/schemas/';

/**
 * Returns every schema that has an id, by id: those of `schemas`, and those nested in them. `exampleOf` holds examples
 * for some ids.
 */
export function componentSchemas(
  schemas: readonly z.ZodType[],
  exampleOf: Readonly<Record<string, object | undefined>>,
): object {
  const { $defs = {} } = z.toJSONSchema(z.union([...schemas, problemDetailsSchema]), {
    override: ({ zodSchema, jsonSchema }) => {
      const example = exampleOf[jsonSchema.id ?? ''];
      if (example !== undefined) jsonSchema.examples = [example];
      delete jsonSchema.id;
      // `format` implies the pattern, which would fill a page.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      // These are limits of JavaScript's integers, not of the API.
      if (zodSchema._zod.def.type === 'number') {
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      }
    },
  });
  const sorted = Object.entries($defs).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.parse(JSON.stringify(Object.fromEntries(sorted)), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', HOME) : value,
  );
}

export function shapeOf(shape: Shape): object {
  if (shape === 'text') return { type: 'string' };
  return shape === 'object' ? { type: 'object' } : { $ref: HOME + nameOf(shape) };
}

function nameOf(schema: z.ZodType): string {
  const id = z.globalRegistry.get(schema)?.id;
  if (id === undefined) throw new Error('a schema of the API has no id');
  return id;
}
