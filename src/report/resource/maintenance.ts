/** The JSON of maintenance windows: those that people announced, and the occurrences of schedules. */
import { z } from 'zod';
import type { MaintenanceWindow } from '../../model/memory.ts';
import { rfc3339, timeSchema } from './json.ts';

const selectorShape = {
  apps: z.array(z.string().min(1).max(100)).min(1).optional(),
  mailboxes: z.array(z.string().min(1).max(100)).min(1).optional(),
  labels: z.record(z.string(), z.string()).optional(),
};

export const maintenanceWindowSchema = z
  .strictObject({
    id: z.string(),
    from: timeSchema.nullable(),
    until: timeSchema.nullable().describe('null: until it is ended'),
    by: z.string().describe('`configuration` for a window of the configuration, which the API cannot end'),
    note: z.string(),
    active: z.boolean(),
    ...selectorShape,
  })
  .meta({ id: 'MaintenanceWindow', description: 'Without apps, mailboxes and labels: all mailboxes' });

export const maintenanceListSchema = z
  .strictObject({ windows: z.array(maintenanceWindowSchema) })
  .meta({ id: 'MaintenanceList' });

export const maintenanceRequestSchema = z
  .strictObject({
    by: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .refine((by) => by !== 'configuration', {
        error: 'expected the name of a person or a program, not configuration',
      })
      .describe('Who announces it'),
    note: z.string().max(1_000).default(''),
    from: z.iso.datetime({ offset: true }).optional().describe('Absent: now'),
    until: z.iso.datetime({ offset: true }).optional().describe('Absent: until it is ended'),
    ...selectorShape,
  })
  .meta({ id: 'MaintenanceRequest' });

export function maintenanceView(
  { id, from, until, by, note, apps, mailboxes, labels }: MaintenanceWindow,
  now: number,
): z.infer<typeof maintenanceWindowSchema> {
  return {
    id,
    from: rfc3339(from),
    until: rfc3339(until),
    by,
    note,
    active: from <= now && (until === undefined || until > now),
    ...(apps === undefined ? {} : { apps: [...apps] }),
    ...(mailboxes === undefined ? {} : { mailboxes: [...mailboxes] }),
    ...(labels === undefined ? {} : { labels: { ...labels } }),
  };
}
