/**
 * The named shapes of the document: the schemas that routes name, and those within them. `shapeOf` is how a route
 * refers to one. Tests hold the answers to the same schemas.
 */
import { z } from 'zod';
import { problemDetailsSchema } from '../http/problem-details.ts';
import type { Shape } from '../routes/route.ts';

const HOME = '#/components/schemas/';

/** Every schema with an id that `schemas` lead to, by its id. */
export function componentSchemas(schemas: readonly z.ZodType[]): object {
  const { $defs = {} } = z.toJSONSchema(z.union([...schemas, problemDetailsSchema]), {
    override: ({ zodSchema, jsonSchema }) => {
      delete jsonSchema.id;
      // The format says it; the pattern is a page of digits.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      // The bounds of JavaScript are none of the API.
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
