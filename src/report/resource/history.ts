/** The JSON of the changes of a mailbox's state. A state lasts until the next change. */
import { z } from 'zod';
import type { StateChange } from '../../model/memory.ts';
import { PROTOCOL_IDS } from '../../model/protocol.ts';
import { rfc3339, timeSchema } from './json.ts';

export const historySchema = z
  .strictObject({
    mailbox: z.string(),
    from: timeSchema.nullable(),
    until: timeSchema.nullable(),
    changes: z
      .array(
        z.strictObject({
          at: timeSchema
            .nullable()
            .describe('When the state began: the start of the first failure or success'),
          protocol: z.enum(PROTOCOL_IDS),
          state: z.enum(['unknown', 'up', 'down', 'removed']),
        }),
      )
      .describe('Oldest first. The first of each protocol may be before `from`: the state at `from`'),
  })
  .meta({ id: 'MailboxHistory' });

export function historyView(
  mailbox: string,
  { from, until }: { readonly from: number; readonly until: number },
  changes: readonly StateChange[],
): z.infer<typeof historySchema> {
  return {
    mailbox,
    from: rfc3339(from),
    until: rfc3339(until),
    changes: changes.map(({ at, protocol, state }) => ({ at: rfc3339(at), protocol, state })),
  };
}
