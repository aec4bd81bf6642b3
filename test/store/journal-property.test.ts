import { StoreError } from '../../src/model/store-error.ts';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AffectedMailbox, Incident } from '../../src/model/incident.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { type Clock, type Store } from '../../src/store/store.ts';
import { NOON } from '../support/builders.ts';
import { aMessage, anIncident, aTargetMemory } from './builders.ts';

/** One step: something changes, the store goes or comes back, or a second is over. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('target' as const), mailbox: fc.nat(3) }),
  fc.record({
    kind: fc.constant('incident' as const),
    id: fc.nat(2),
    affected: fc.uniqueArray(fc.nat(900), { maxLength: 3 }),
    closes: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('outage' as const),
    id: fc.nat(2),
    mailboxes: fc.integer({ min: 450, max: 1_300 }),
  }),
  fc.record({ kind: fc.constant('away' as const), after: fc.nat(3) }),
  fc.record({ kind: fc.constant('back' as const) }),
  fc.record({ kind: fc.constant('flush' as const) }),
);

test('whatever changes, and whenever the store fails, it holds the latest of everything in the end', async () => {
  const clock: Clock = { now: () => NOON, after: () => () => undefined };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const inner = createMemoryStore();
      let savesLeft = Number.POSITIVE_INFINITY;
      const store: Pick<Store, 'save' | 'takeDue'> = {
        takeDue: inner.takeDue,
        async save(changes) {
          savesLeft -= 1;
          if (savesLeft < 0) throw new StoreError('disk-full', 'full');
          await inner.save(changes);
        },
      };
      const journal = createJournal({ store, clock });
      const targets = new Map<string, number>();
      const incidents = new Map<string, Incident>();
      let count = 0;
      const change = (id: string, affected: readonly AffectedMailbox[], closes: boolean): void => {
        const mailboxes = new Map(incidents.get(id)?.affectedMailboxes.map((one) => [one.id, one]));
        for (const mailbox of affected) mailboxes.set(mailbox.id, mailbox);
        const incident = anIncident(id, {
          title: `change ${count}`,
          affectedMailboxes: [...mailboxes.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
          ...(closes ? { state: 'closed', closed: NOON + count, closeReason: 'recovered' } : {}),
        });
        incidents.set(id, incident);
        journal.note({ incidents: [incident], outbox: [aMessage(`m${count}`, { incident: id })] });
      };
      const nameOf = (at: number): string => `m${String(at).padStart(4, '0')}`;
      for (const one of steps) {
        count += 1;
        switch (one.kind) {
          case 'target':
            targets.set(nameOf(one.mailbox), count);
            journal.note({ targets: [aTargetMemory({ mailbox: nameOf(one.mailbox), probesTotal: count })] });
            break;
          case 'incident':
            change(
              `i${one.id}`,
              one.affected.map((at) => ({ id: nameOf(at), since: NOON, until: NOON + count })),
              one.closes,
            );
            break;
          case 'outage':
            change(
              `i${one.id}`,
              Array.from({ length: one.mailboxes }, (_, at) => ({ id: nameOf(at), since: NOON })),
              false,
            );
            break;
          case 'away':
            savesLeft = one.after;
            break;
          case 'back':
            savesLeft = Number.POSITIVE_INFINITY;
            break;
          case 'flush':
            await journal.flush();
            break;
        }
      }
      savesLeft = Number.POSITIVE_INFINITY;
      await journal.flush();
      expect(journal.state()).toEqual({ up: true, pending: 0 });
      const loaded = await inner.load(0);
      expect(new Map(loaded.targets.map(({ mailbox, probesTotal }) => [mailbox, probesTotal]))).toEqual(
        targets,
      );
      expect(loaded.incidents).toEqual([...incidents.values()].sort((a, b) => (a.id < b.id ? -1 : 1)));
      const messages = await inner.takeDue({ now: NOON, limit: 100, leaseMs: 1 });
      const noted = steps.filter(({ kind }) => kind === 'incident' || kind === 'outage').length;
      expect(new Set(messages.map(({ id }) => id)).size).toBe(noted);
    }),
    { numRuns: 150 },
  );
});
