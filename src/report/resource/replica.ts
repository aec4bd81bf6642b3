/** Replicas as users see them in JSON. */
import { z } from 'zod';
import type { ReplicaState } from '../source.ts';
import { rfc3339, timeSchema } from './json.ts';

export const replicaSchema = z
  .strictObject({
    id: z.string().describe('New at each start'),
    name: z.string(),
    self: z.boolean().describe('The replica that answers'),
    apps: z.array(z.string()).describe('Ids of the apps that it probes'),
    as_of: timeSchema.nullable().describe('Their state is shown as of then'),
    same_configuration: z.boolean().describe('Its configuration has the same apps and mailboxes as this one'),
  })
  .meta({ id: 'Replica' });

export const replicaListSchema = z
  .strictObject({ replicas: z.array(replicaSchema) })
  .meta({ id: 'ReplicaList' });

export function replicaView(replica: ReplicaState): z.output<typeof replicaSchema> {
  const { id, name, apps, isSelf, isAlike, asOf } = replica;
  return {
    id,
    name,
    self: isSelf,
    apps: apps.toSorted(),
    as_of: rfc3339(asOf),
    same_configuration: isAlike,
  };
}

/** The replica that probes the app. Undefined if none does. */
export function holderOf(replicas: readonly ReplicaState[], app: string): ReplicaState | undefined {
  return replicas.find(({ apps }) => apps.includes(app));
}

/** If the last reading is older than this, several rounds of reading have failed. */
const OLD_MS = 15_000;

/** A sentence for the pages and `/health`, if the state of other replicas is not up to date. Otherwise undefined. */
export function ageNote(replicas: readonly ReplicaState[], now: number): string | undefined {
  const theirs = replicas.filter(({ isSelf }) => !isSelf).map(({ asOf = 0 }) => asOf);
  const oldest = Math.min(...theirs);
  if (theirs.length === 0 || now - oldest < OLD_MS) return undefined;
  const since = oldest === 0 ? 'is not known yet' : `is shown as of ${rfc3339(oldest)}`;
  return `The state of other replicas ${since}: the database that they share does not answer.`;
}
