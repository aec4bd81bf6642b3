/** What a row of the table of operations is. `operations.ts` holds the content, `document.ts` writes it. */
import type { z } from 'zod';
import type { Access } from '../http/guard.ts';
import type { ProblemType } from '../http/problem-types.ts';

export interface Operation {
  /** `operationId`: the name of the method in a generated client. */
  readonly id: string;
  readonly method: 'get' | 'post';
  /** As the router writes it: `/api/v1/mailboxes/:id`. */
  readonly path: string;
  readonly tag: 'state' | 'act' | 'metrics' | 'service';
  /** Who may ask for it while tokens are set. */
  readonly access: Access;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  /** What a POST takes, by media type. */
  readonly body?: Readonly<Record<string, Shape>>;
  readonly answers: readonly Answer[];
  /** Besides those that every operation may answer with. */
  readonly problems?: readonly ProblemType[];
}

export interface Answer {
  readonly status: 200 | 304 | 503;
  readonly description: string;
  /** By media type. Absent: no body. */
  readonly content?: Readonly<Record<string, Shape>>;
}

/** A schema with a name, or text without one. */
export type Shape = z.ZodType | 'text' | 'object';

/** An OpenAPI parameter. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: true;
  readonly description: string;
  readonly style?: 'form';
  readonly explode?: true;
  readonly schema: object;
}
