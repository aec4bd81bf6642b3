/** The shape of `/health`: draft-inadarei-api-health-check-06, with `counts` added. */
import { z } from 'zod';
import { timeSchema } from './diagnosis-schema.ts';

export const healthStatusSchema = z.enum(['pass', 'warn', 'fail']);

export const checkSchema = z
  .strictObject({
    componentId: z.string(),
    componentType: z.literal('component'),
    status: healthStatusSchema,
    time: timeSchema.optional().describe('When the last look began'),
    observedValue: z.number().optional(),
    observedUnit: z.literal('s').optional(),
    output: z.string().optional().describe('Absent where the status is pass'),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'HealthCheck' });

export const healthSchema = z
  .strictObject({
    status: healthStatusSchema,
    version: z.string().optional(),
    releaseId: z.string().optional(),
    description: z.string().optional(),
    notes: z.array(z.string()).optional().describe('Open problems, and what was left out of checks'),
    output: z.string().optional(),
    counts: z.strictObject({ pass: z.int(), warn: z.int(), fail: z.int() }).optional(),
    checks: z.record(z.string(), z.array(checkSchema)).optional().describe('By MAILBOX:PROTOCOL'),
    links: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'Health' });
