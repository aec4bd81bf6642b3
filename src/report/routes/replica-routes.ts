/** `/api/v1/replicas`: all replicas, each with the apps that it probes. */
import { replicaListSchema, replicaView } from '../resource/replica.ts';
import { sendJson } from './route-context.ts';
import type { Route } from './route.ts';

const listReplicas: Route = {
  id: 'listReplicas',
  method: 'GET',
  path: '/api/v1/replicas',
  tag: 'state',
  access: 'api',
  summary: 'The running replicas, and which apps each probes',
  answers: {
    200: {
      description: 'By name. Without a PostgreSQL store there is one.',
      content: { 'application/json': replicaListSchema },
    },
  },
  handler:
    ({ source: { replicas }, redactor }) =>
    async (_, reply) =>
      sendJson(reply, { replicas: replicas().map(replicaView) }, redactor),
};

export const REPLICA_ROUTES: readonly Route[] = [listReplicas];
