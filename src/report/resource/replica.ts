/** The JSON of a replica. */
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

/** Undefined if no replica probes the app. */
export function holderOf(replicas: readonly ReplicaState[], app: string): ReplicaState | undefined {
  return replicas.find(({ apps }) => apps.includes(app));
}

/** If the state of another replica was last read longer ago than this, reading it has failed several times. */
const OLD_MS = 15_000;

/** Returns a sentence for the pages and `/health` if the state of another replica is too old. Otherwise undefined. */
export function ageNote(replicas: readonly ReplicaState[], now: number): string | undefined {
  const theirs = replicas.filter(({ isSelf }) => !isSelf).map(({ asOf = 0 }) => asOf);
  const oldest = Math.min(...theirs);
  if (theirs.length === 0 || now - oldest < OLD_MS) return undefined;
  const since = oldest === 0 ? 'is not known yet' : `is shown as of ${rfc3339(oldest)}`;
  return `The state of other replicas ${since}: the database that they share does not answer.`;
}
