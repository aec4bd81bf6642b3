/** The answers that operations have in common. */
import { healthSchema } from '../resource/health.ts';
import type { Answer, Shape } from './operation.ts';

export const ok = (description: string, type: string, shape: Shape): Answer => ({
  status: 200,
  description,
  content: { [type]: shape },
});

export const json = (description: string, shape: Shape): Answer => ok(description, 'application/json', shape);

export const NOT_MODIFIED: Answer = { status: 304, description: 'Nothing changed since that ETag.' };

export const failed = (description: string): Answer => ({
  status: 503,
  description,
  content: { 'application/health+json': healthSchema },
});
