/**
 * `/livez` and `/readyz`, for the supervisor of this process. The query is ignored. Otherwise an orchestrator that adds
 * `?verbose` would get an error and restart the pod.
 */
import { healthSchema } from '../resource/health.ts';
import { sendHealth } from './route-context.ts';
import type { Route } from './route.ts';

const getLiveness: Route = {
  id: 'getLiveness',
  method: 'GET',
  path: '/livez',
  tag: 'service',
  access: 'anyone',
  summary: 'Does the process answer?',
  ignoresQuery: true,
  isUrgent: true,
  answers: { 200: { description: 'It does.', content: { 'application/health+json': healthSchema } } },
  handler:
    ({ redactor }) =>
    async (_, reply) =>
      sendHealth(reply, { status: 'pass' }, redactor),
};

const getReadiness: Route = {
  id: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  tag: 'service',
  access: 'anyone',
  summary: 'Are the probes running?',
  ignoresQuery: true,
  isUrgent: true,
  answers: {
    200: { description: 'They are.', content: { 'application/health+json': healthSchema } },
    503: {
      description: 'They are not: starting or stopping.',
      content: { 'application/health+json': healthSchema },
    },
  },
  handler:
    ({ source, redactor }) =>
    async (_, reply) => {
      if (source.ready()) return sendHealth(reply, { status: 'pass' }, redactor);
      const output = 'Not ready: the scheduler is not running (starting or stopping).';
      return sendHealth(reply, { status: 'fail', output }, redactor);
    },
};

export const PROCESS_ROUTES: readonly Route[] = [getLiveness, getReadiness];
