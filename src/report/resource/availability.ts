/** The JSON of availability, the same in the API and in the command `report`. Durations are in seconds. */
import { z } from 'zod';
import { upShare, type AvailabilityRow, type IncidentTally } from '../../model/availability.ts';
import type { Span } from '../../model/past.ts';
import { rfc3339, timeSchema } from './json.ts';

const tallySchema = z.strictObject({
  incidents: z.int(),
  time_to_fix: z
    .strictObject({ incidents: z.int(), mean_seconds: z.number(), longest_seconds: z.number() })
    .nullable()
    .describe('The time from opening to close, over closed incidents'),
});

export const availabilitySchema = z
  .strictObject({
    from: timeSchema.nullable(),
    until: timeSchema.nullable(),
    by: z.string(),
    rows: z.array(
      z.strictObject({
        subject: z.string().describe('Id of the mailbox or app, or value of the label'),
        mailboxes: z.int(),
        availability: z.number().nullable().describe('up ÷ (up + down), from 0 to 1; null if both are 0'),
        up_seconds: z.number(),
        down_seconds: z.number(),
        unknown_seconds: z.number(),
        maintenance_seconds: z.number(),
        not_watched_seconds: z.number().describe('With the four others it adds up to the window'),
        outages: z.int(),
        longest_outage: z
          .strictObject({
            mailbox: z.string(),
            from: timeSchema.nullable(),
            until: timeSchema.nullable(),
            down_seconds: z.number(),
          })
          .nullable(),
        ...tallySchema.shape,
        by_cause: z.record(z.string(), tallySchema),
        by_owner: z.record(z.string(), tallySchema),
      }),
    ),
  })
  .meta({ id: 'Availability' });

export type AvailabilityView = z.infer<typeof availabilitySchema>;

export function availabilityView(
  { from, until }: Span,
  by: string,
  rows: readonly AvailabilityRow[],
): AvailabilityView {
  return { from: rfc3339(from), until: rfc3339(until), by, rows: rows.map(rowView) };
}

function rowView(row: AvailabilityRow): AvailabilityView['rows'][number] {
  const { subject, mailboxes, outages, longestOutage } = row;
  return {
    subject,
    mailboxes,
    availability: upShare(row) ?? null,
    up_seconds: row.upMs / 1000,
    down_seconds: row.downMs / 1000,
    unknown_seconds: row.unknownMs / 1000,
    maintenance_seconds: row.maintenanceMs / 1000,
    not_watched_seconds: row.notWatchedMs / 1000,
    outages,
    longest_outage:
      longestOutage === undefined
        ? null
        : {
            mailbox: longestOutage.mailbox,
            from: rfc3339(longestOutage.from),
            until: rfc3339(longestOutage.until),
            down_seconds: longestOutage.downMs / 1000,
          },
    ...tallyView(row),
    by_cause: talliesView(row.byCause),
    by_owner: talliesView(row.byOwner),
  };
}

function talliesView(
  tallies: Readonly<Record<string, IncidentTally>>,
): Record<string, z.infer<typeof tallySchema>> {
  return Object.fromEntries(Object.entries(tallies).map(([key, tally]) => [key, tallyView(tally)]));
}

function tallyView({ incidents, timeToFix }: IncidentTally): z.infer<typeof tallySchema> {
  return {
    incidents,
    time_to_fix:
      timeToFix === undefined
        ? null
        : {
            incidents: timeToFix.incidents,
            mean_seconds: timeToFix.meanMs / 1000,
            longest_seconds: timeToFix.longestMs / 1000,
          },
  };
}
