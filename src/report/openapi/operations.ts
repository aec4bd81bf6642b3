/**
 * Every route of the HTTP interface, one row each: what it takes, what it answers, who may ask. The OpenAPI document
 * and the guard are made from it; a test holds it equal to the routes of the server.
 */
import { appDetailSchema, appListSchema } from '../schema/app-schema.ts';
import { credentialListSchema } from '../schema/credential-schema.ts';
import { explainRequestSchema, explainResponseSchema } from '../schema/explain-schema.ts';
import { healthSchema } from '../schema/health-schema.ts';
import { mailboxDetailSchema, mailboxListSchema } from '../schema/mailbox-schema.ts';
import { problemListSchema } from '../schema/problem-schema.ts';
import type { Answer, Operation, Shape } from './operation.ts';
import {
  APP_ONLY,
  CONDITION,
  FILTER_PARAMETERS,
  idParameter,
  PAGE_PARAMETERS,
  protocolParameter,
  switchParameter,
  UP,
} from './parameters.ts';

const ok = (description: string, type: string, shape: Shape): Answer => ({
  status: 200,
  description,
  content: { [type]: shape },
});

const json = (description: string, shape: Shape): Answer => ok(description, 'application/json', shape);

const NOT_MODIFIED: Answer = { status: 304, description: 'Nothing changed since that ETag.' };

const failed = (description: string): Answer => ({
  status: 503,
  description,
  content: { 'application/health+json': healthSchema },
});

export const OPERATIONS: readonly Operation[] = [
  {
    id: 'listMailboxes',
    method: 'get',
    path: '/api/v1/mailboxes',
    tag: 'state',
    access: 'api',
    summary: 'All mailboxes, with their state over each protocol',
    parameters: [...FILTER_PARAMETERS, UP, ...PAGE_PARAMETERS, CONDITION],
    answers: [json('In the order of the configuration.', mailboxListSchema), NOT_MODIFIED],
    problems: ['bad-parameter', 'stale-cursor', 'unknown-app', 'unknown-mailbox'],
  },
  {
    id: 'getMailbox',
    method: 'get',
    path: '/api/v1/mailboxes/:id',
    tag: 'state',
    access: 'api',
    summary: 'One mailbox, with stages, facts and history',
    parameters: [idParameter('Id of the mailbox in the configuration.'), CONDITION],
    answers: [json('What is known of it.', mailboxDetailSchema), NOT_MODIFIED],
    problems: ['bad-parameter', 'unknown-mailbox'],
  },
  {
    id: 'probeMailbox',
    method: 'post',
    path: '/api/v1/mailboxes/:id/probe',
    tag: 'act',
    access: 'api',
    summary: 'Look now',
    description:
      'Answers when the look has ended. Three at once for each mailbox and protocol, then one every 5 seconds; 10 a second over all.',
    parameters: [
      idParameter('Id of the mailbox in the configuration.'),
      protocolParameter('protocol', 'Over this protocol only.'),
    ],
    answers: [json('What is known of it after the look.', mailboxDetailSchema)],
    problems: ['bad-parameter', 'cross-site', 'unknown-mailbox', 'too-many-requests'],
  },
  {
    id: 'listApps',
    method: 'get',
    path: '/api/v1/apps',
    tag: 'state',
    access: 'api',
    summary: 'The app registrations, and how many of their mailboxes are up',
    parameters: [CONDITION],
    answers: [json('In the order of the configuration.', appListSchema), NOT_MODIFIED],
    problems: ['bad-parameter'],
  },
  {
    id: 'getApp',
    method: 'get',
    path: '/api/v1/apps/:id',
    tag: 'state',
    access: 'api',
    summary: 'One app, with its token and its credential',
    parameters: [idParameter('Id of the app in the configuration.'), CONDITION],
    answers: [json('What is known of it.', appDetailSchema), NOT_MODIFIED],
    problems: ['bad-parameter', 'unknown-app'],
  },
  {
    id: 'listCredentials',
    method: 'get',
    path: '/api/v1/credentials',
    tag: 'state',
    access: 'api',
    summary: 'Every credential: when it ends, whether it works, who depends on it',
    parameters: [...APP_ONLY, CONDITION],
    answers: [json('In the order of the configuration.', credentialListSchema), NOT_MODIFIED],
    problems: ['bad-parameter', 'unknown-app'],
  },
  {
    id: 'getCalendar',
    method: 'get',
    path: '/credentials.ics',
    tag: 'state',
    access: 'calendar',
    summary: 'When credentials end, to subscribe to in a calendar',
    parameters: APP_ONLY,
    answers: [ok('RFC 5545.', 'text/calendar', 'text')],
    problems: ['bad-parameter', 'unknown-app'],
  },
  {
    id: 'listProblems',
    method: 'get',
    path: '/api/v1/problems',
    tag: 'state',
    access: 'api',
    summary: 'What is wrong now, once each, with whom it hits and how to mend it',
    parameters: [...FILTER_PARAMETERS, ...PAGE_PARAMETERS, CONDITION],
    answers: [json('The severest first.', problemListSchema), NOT_MODIFIED],
    problems: ['bad-parameter', 'stale-cursor', 'unknown-app', 'unknown-mailbox'],
  },
  {
    id: 'explain',
    method: 'post',
    path: '/api/v1/explain',
    tag: 'act',
    access: 'api',
    summary: 'What a pasted error means',
    body: { 'application/json': explainRequestSchema, 'text/plain': 'text' },
    answers: [json('The likeliest first; empty where nothing was recognised.', explainResponseSchema)],
    problems: [
      'bad-parameter',
      'nothing-to-explain',
      'cross-site',
      'too-large',
      'unsupported-media-type',
      'too-many-requests',
    ],
  },
  {
    id: 'listenToEvents',
    method: 'get',
    path: '/api/v1/events',
    tag: 'state',
    access: 'api',
    summary: 'News as server-sent events',
    description:
      'The events `status` (data: StatusEvent), `problem_opened` and `problem_closed` (data: ProblemEvent), and `reset`: what was missed is no longer known, read the lists anew.',
    parameters: [
      {
        name: 'Last-Event-ID',
        in: 'header',
        description: 'The id of the last event that was seen: what came after it is told first.',
        schema: { type: 'string' },
      },
    ],
    answers: [ok('Until either side ends it.', 'text/event-stream', 'text')],
    problems: ['bad-parameter', 'too-many-streams'],
  },
  {
    id: 'getHealth',
    method: 'get',
    path: '/health',
    tag: 'state',
    access: 'anyone',
    summary: 'One word for machines: pass, warn or fail',
    description: 'Without a token, where tokens are set, it is that one word only.',
    parameters: [...FILTER_PARAMETERS, switchParameter('minimal', 'That one word only.')],
    answers: [
      ok('`pass` or `warn`.', 'application/health+json', healthSchema),
      failed('`fail`: a mailbox is down.'),
    ],
    problems: ['bad-parameter', 'unknown-app', 'unknown-mailbox', 'nothing-selected'],
  },
  {
    id: 'probe',
    method: 'get',
    path: '/probe',
    tag: 'metrics',
    access: 'metrics',
    summary: "One mailbox over one protocol, in blackbox_exporter's manner and names",
    description:
      'The last result, unless `fresh=true`: then a look is taken, within the scrape timeout less half a second. One that has not ended by then counts as a failure.',
    parameters: [
      {
        name: 'target',
        in: 'query',
        required: true,
        description: 'Id of a mailbox in the configuration.',
        schema: { type: 'string' },
      },
      { ...protocolParameter('module', 'Over this protocol.'), required: true },
      switchParameter('fresh', 'Look now, unless the last result is younger than 5 seconds.'),
      {
        name: 'X-Prometheus-Scrape-Timeout-Seconds',
        in: 'header',
        description: 'How long the scraper will wait. Prometheus sends it.',
        schema: { type: 'number' },
      },
    ],
    answers: [ok('Prometheus text.', 'text/plain', 'text')],
    problems: ['bad-parameter', 'cross-site', 'unknown-mailbox', 'too-many-requests', 'no-result-yet'],
  },
  {
    id: 'getMetrics',
    method: 'get',
    path: '/metrics',
    tag: 'metrics',
    access: 'metrics',
    summary: 'Everything, for Prometheus',
    answers: [
      {
        status: 200,
        description: 'By the Accept header.',
        content: { 'text/plain': 'text', 'application/openmetrics-text': 'text' },
      },
    ],
    problems: ['bad-parameter'],
  },
  {
    id: 'getPage',
    method: 'get',
    path: '/',
    tag: 'state',
    access: 'page',
    summary: 'The status page',
    parameters: [...FILTER_PARAMETERS, UP],
    answers: [ok('For people.', 'text/html', 'text')],
    problems: ['bad-parameter', 'unknown-app', 'unknown-mailbox'],
  },
  {
    id: 'getLiveness',
    method: 'get',
    path: '/livez',
    tag: 'service',
    access: 'anyone',
    summary: 'Does the process answer?',
    answers: [ok('It does.', 'application/health+json', healthSchema)],
  },
  {
    id: 'getReadiness',
    method: 'get',
    path: '/readyz',
    tag: 'service',
    access: 'anyone',
    summary: 'Are the looks running?',
    answers: [
      ok('They are.', 'application/health+json', healthSchema),
      failed('They are not: starting or stopping.'),
    ],
  },
  {
    id: 'getOpenapi',
    method: 'get',
    path: '/openapi.json',
    tag: 'service',
    access: 'api',
    summary: 'This document',
    parameters: [CONDITION],
    answers: [json('OpenAPI 3.1.', 'object'), NOT_MODIFIED],
    problems: ['bad-parameter'],
  },
];
