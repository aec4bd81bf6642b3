/** The rows beside `/api/v1`: the page, health, metrics, and the process itself. */
import { healthSchema } from '../resource/health.ts';
import { failed, json, NOT_MODIFIED, ok } from './answers.ts';
import type { Operation } from './operation.ts';
import { CONDITION, FILTER_PARAMETERS, protocolParameter, switchParameter, UP } from './parameters.ts';

export const SERVICE_OPERATIONS: readonly Operation[] = [
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
      switchParameter(
        'fresh',
        'Look now. Where it is too soon for that, a result younger than 5 seconds is told.',
      ),
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
