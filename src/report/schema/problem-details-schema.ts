/** The shape of every error: RFC 9457 problem details. */
import { z } from 'zod';

export const problemDetailsSchema = z
  .strictObject({
    type: z.string().describe('Stable: urn:mailprobe:problem:NAME. docs/api.md lists the names'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
  })
  .meta({ id: 'ProblemDetails' });
