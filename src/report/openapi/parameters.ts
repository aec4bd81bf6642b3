/** The parameters that operations share. Whether they are told rightly is held by a test that sends them all. */
import { PROTOCOLS } from '../../model/target.ts';
import { MOST_ITEMS } from '../http/paging.ts';
import type { Parameter } from './operation.ts';

const APP: Parameter = {
  name: 'app',
  in: 'query',
  description: 'Id of an app: only what concerns it. An unknown one is an error.',
  schema: { type: 'string' },
};

/** One parameter per label, such as `label.team=quality`. */
const LABELS: Parameter = {
  name: 'labels',
  in: 'query',
  description: 'One parameter for each label, `label.NAME=VALUE`: only mailboxes that have them all.',
  style: 'form',
  explode: true,
  schema: {
    type: 'object',
    additionalProperties: { type: 'string' },
  },
};

const MAILBOX: Parameter = {
  name: 'mailbox',
  in: 'query',
  description: 'Id of a mailbox: only what concerns it. An unknown one is an error.',
  schema: { type: 'string' },
};

export const APP_ONLY: readonly Parameter[] = [APP];

export const FILTER_PARAMETERS: readonly Parameter[] = [APP, MAILBOX, LABELS];

export const UP: Parameter = {
  name: 'up',
  in: 'query',
  description: '`true`: up over all protocols. `false`: down over at least one. `unknown`: neither.',
  schema: { type: 'string', enum: ['true', 'false', 'unknown'] },
};

export const PAGE_PARAMETERS: readonly Parameter[] = [
  {
    name: 'limit',
    in: 'query',
    description: 'Most items in the answer.',
    schema: { type: 'integer', minimum: 1, maximum: MOST_ITEMS, default: MOST_ITEMS },
  },
  {
    name: 'cursor',
    in: 'query',
    description: 'From `next` of the page before.',
    schema: { type: 'string' },
  },
];

/** For answers with an `ETag`. */
export const CONDITION: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'An `ETag` that was given: 304 without a body where nothing changed.',
  schema: { type: 'string' },
};

export const protocolParameter = (name: string, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string', enum: [...PROTOCOLS] },
});

export const switchParameter = (name: string, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema: { type: 'boolean', default: false },
});

export const idParameter = (description: string): Parameter => ({
  name: 'id',
  in: 'path',
  required: true,
  description,
  schema: { type: 'string', maxLength: 512 },
});
