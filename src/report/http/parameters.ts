/** The parameters of routes, in the form of OpenAPI. `query.ts` parses them. */
import { PROTOCOL_IDS } from '../../model/protocol.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: true;
  readonly description: string;
  readonly style?: 'form';
  readonly explode?: true;
  readonly schema: object;
}

/** The prefix of each parameter that `LABELS` describes. */
export const LABEL_PREFIX = 'label.';

const APP: Parameter = {
  name: 'app',
  in: 'query',
  description: 'Only this app, by its id. An unknown id is an error.',
  schema: { type: 'string' },
};

/** Describes one parameter for each label, such as `label.team=quality`. */
export const LABELS: Parameter = {
  name: 'labels',
  in: 'query',
  description: 'One parameter for each label, `label.NAME=VALUE`: only mailboxes with all these labels.',
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
  description: 'Only this mailbox, by its id. An unknown id is an error.',
  schema: { type: 'string' },
};

/** Filters that also accept ids that are no longer configured. */
export const PAST_FILTERS: readonly Parameter[] = [
  { ...APP, description: 'Id of an app: only incidents that affected its mailboxes or the app itself.' },
  { ...MAILBOX, description: 'Id of a mailbox: only incidents that affected it.' },
];

export const APP_ONLY: readonly Parameter[] = [APP];

export const FILTER_PARAMETERS: readonly Parameter[] = [APP, MAILBOX, LABELS];

export const UP: Parameter = {
  name: 'up',
  in: 'query',
  description: '`true`: up over all protocols. `false`: down over at least one. `unknown`: neither.',
  schema: { type: 'string', enum: ['true', 'false', 'unknown'] },
};

/** The parameter of every conditional route. */
export const CONDITION: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'The `ETag` of an earlier answer: 304 without a body if nothing has changed.',
  schema: { type: 'string' },
};

export const protocolParameter = (name: string, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string', enum: [...PROTOCOL_IDS] },
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
