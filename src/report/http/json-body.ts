/** Parses the JSON body of a request by its schema. The error names at most five wrong members. */
import type { z } from 'zod';
import { cleanText } from '../../model/text.ts';
import { ProblemError } from './problem-details.ts';

const MOST_FAULTS = 5;

export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.slice(0, MOST_FAULTS).map(({ path, message }) => {
    const where = path.map(String).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  throw new ProblemError('bad-body', `The body is not as expected. ${cleanText(faults.join('; '), 500)}.`);
}
