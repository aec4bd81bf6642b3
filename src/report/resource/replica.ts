/** Replicas as users see them in JSON. */
import { z } from 'zod';
import type { ReplicaState } from '../source.ts';

export const replicaSchema = z
  .strictObject({
    id: z.string().describe('New at each start'),
    name: z.string(),
    self: z.boolean().describe('The replica that answers'),
    apps: z.array(z.string()).describe('Ids of the apps that it probes'),
  })
  .meta({ id: 'Replica' });

export const replicaListSchema = z
  .strictObject({ replicas: z.array(replicaSchema) })
  .meta({ id: 'ReplicaList' });

export function replicaView({ id, name, apps, isSelf }: ReplicaState): z.output<typeof replicaSchema> {
  return { id, name, self: isSelf, apps: apps.toSorted() };
}
