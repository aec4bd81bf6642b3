/** Validates an answer against the JSON Schema generated from a zod schema, with a validator other than zod. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const ajv = addFormats.default(new Ajv2020({ allErrors: true, strict: true }));

/** One line per mismatch; empty if the answer matches. */
export function misfits(schema: z.ZodType, answer: unknown): readonly string[] {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema);
  const validate = ajv.compile(jsonSchema);
  return validate(answer) ? [] : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);
}
