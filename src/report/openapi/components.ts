/**
 * The named shapes of the document, from the schemas that the answers are held to in tests. `shapeOf` is how an
 * operation refers to one.
 */
import { z } from 'zod';
import { appDetailSchema, appListSchema, appSchema, tokenSchema } from '../resource/app.ts';
import {
  credentialListItemSchema,
  credentialListSchema,
  credentialSchema,
  serverCertificateSchema,
} from '../resource/credential.ts';
import { diagnosisSchema } from '../resource/diagnosis.ts';
import { problemEventSchema, statusEventSchema } from '../resource/event.ts';
import { explainRequestSchema, explainResponseSchema } from '../resource/explanation.ts';
import { checkSchema, healthSchema } from '../resource/health.ts';
import {
  mailboxDetailSchema,
  mailboxListSchema,
  mailboxSchema,
  pastLookSchema,
  protocolDetailSchema,
  protocolSchema,
} from '../resource/mailbox.ts';
import { problemDetailsSchema } from '../http/problem-details.ts';
import { problemListSchema, problemSchema } from '../resource/problem.ts';
import { failureSchema, stageSchema } from '../resource/stage.ts';
import type { Shape } from './operation.ts';

const NAMED: readonly z.ZodType[] = [
  appDetailSchema,
  appListSchema,
  appSchema,
  checkSchema,
  credentialListItemSchema,
  credentialListSchema,
  credentialSchema,
  diagnosisSchema,
  explainRequestSchema,
  explainResponseSchema,
  failureSchema,
  healthSchema,
  mailboxDetailSchema,
  mailboxListSchema,
  mailboxSchema,
  pastLookSchema,
  problemDetailsSchema,
  problemEventSchema,
  problemListSchema,
  problemSchema,
  protocolDetailSchema,
  protocolSchema,
  serverCertificateSchema,
  stageSchema,
  statusEventSchema,
  tokenSchema,
];

export function componentSchemas(): object {
  const registry = z.registry<{ id: string }>();
  for (const schema of NAMED) registry.add(schema, { id: nameOf(schema) });
  const { schemas } = z.toJSONSchema(registry, {
    uri: reference,
    override: ({ zodSchema, jsonSchema }) => {
      // The format says it; the pattern is a page of digits.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      // The bounds of JavaScript are none of the API.
      if (zodSchema._zod.def.type === 'number') {
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      }
    },
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, written]) => {
      const { $schema: _, $id: __, ...schema } = written;
      return [name, schema];
    }),
  );
}

export function shapeOf(shape: Shape): object {
  if (shape === 'text') return { type: 'string' };
  return shape === 'object' ? { type: 'object' } : { $ref: reference(nameOf(shape)) };
}

function reference(name: string): string {
  return `#/components/schemas/${name}`;
}

function nameOf(schema: z.ZodType): string {
  const id = z.globalRegistry.get(schema)?.id;
  if (id === undefined) throw new Error('a schema of the API has no id');
  return id;
}
