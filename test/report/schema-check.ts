/** Checks an answer against the JSON Schema that is generated from our zod schema, by a validator that is not zod. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { z } from 'zod';

const ajv = addFormats.default(new Ajv2020({ allErrors: true, strict: true }));

/** What does not fit, one line each; empty when all does. */
export function misfits(schema: z.ZodType, answer: unknown): readonly string[] {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema);
  const validate = ajv.compile(jsonSchema);
  return validate(answer) ? [] : (validate.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);
}
