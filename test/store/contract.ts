/**
 * What every store must do. `describeStore` runs the same suite against each implementation; a new one is added by one
 * call in contract.test.ts.
 */
import type { IncidentQuery } from '../../src/model/past.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NO_CHANGES, type Changes } from '../../src/model/memory.ts';
import type { Store } from '../../src/store/store.ts';
import { aDiagnosis, aProbe, NOON } from '../support/builders.ts';
import { aChange, aMessage, anIncident, aSession, aTargetMemory, aWindow, DAY, HOUR } from './builders.ts';

export interface StoreUnderTest {
  readonly store: Store;
  /** A store on the same data, opened after the first was closed. Absent where nothing is kept. */
  readonly reopen?: () => Promise<Store>;
  readonly end: () => Promise<void>;
}

export function describeStore(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`the store ${name}`, () => {
    let made: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      made = await make();
      ({ store } = made);
    });
    afterEach(async () => await made.end());
    const save = async (changes: Partial<Changes>): Promise<void> =>
      await store.save({ ...NO_CHANGES, ...changes });
    const idsOf = async (query: Partial<IncidentQuery>): Promise<readonly string[]> =>
      (await store.incidents({ limit: 100, ...query })).items.map(({ id }) => id);

    describe('a start', () => {
      test('an empty store remembers nothing', async () => {
        expect(await store.load(0)).toEqual({
          targets: [],
          incidents: [],
          maintenance: [],
          credentials: [],
          tokens: [],
        });
      });

      const full = aTargetMemory({
        mailbox: 'hr',
        protocol: 'pop3',
        labels: { team: 'people' },
        confirmed: 'down',
        consecutiveFailures: 4,
        blamedFailures: 3,
        failingSince: NOON - 5,
        lastFailure: NOON,
        lastSuccess: NOON - HOUR,
        lastProbe: NOON,
        failuresByCause: { 'secret-expired': 4 },
        course: {
          changedAt: NOON - 5,
          downSince: NOON - 4,
          intermittent: true,
          recoveredAt: NOON - HOUR,
          recent: [
            { at: NOON - 5, failed: true },
            { at: NOON, failed: true },
          ],
        },
        history: [
          aProbe({
            failed: { auth: { kind: 'rejected', text: 'NO ünd ümläuts 🎉' } },
            diagnoses: [aDiagnosis()],
          }),
        ],
      });
      const token = { app: 'plm', state: { app: 'plm', requestsTotal: 3, failuresByCode: { E1: 1 } } };
      const credential = {
        app: 'plm',
        status: {
          app: 'plm',
          kind: 'secret',
          endDates: [],
          registered: [],
          match: 'unknown',
          valid: true,
        },
      } as const;

      test('everything comes back as it was saved', async () => {
        const incident = anIncident('i1', {
          formerCauses: ['app-disabled'],
          maintenance: 'w1',
          affectedMailboxes: [
            { id: 'qms-inbox', since: NOON, protocols: ['imap'] },
            { id: 'shared-inbox', since: NOON, until: NOON + 1 },
          ],
          alsoHeldBy: ['plm-orders pop3'],
        });
        const closed = anIncident('i2', {
          state: 'closed',
          closed: NOON + HOUR,
          closeReason: 'superseded',
          supersededBy: 'i3',
          advisory: true,
          recovering: { successes: 3, needed: 6 },
        });
        await save({
          targets: [aTargetMemory(), full],
          incidents: [incident, closed],
          credentials: [credential],
          tokens: [token],
          session: aSession(NOON, NOON + 1),
          maintenance: [aWindow('w1', NOON, NOON + HOUR)],
        });
        const loaded = await (made.reopen === undefined ? store : await made.reopen()).load(NOON);
        expect({ ...loaded, targets: loaded.targets.toSorted((a, b) => (a.key < b.key ? 1 : -1)) }).toEqual({
          targets: [aTargetMemory(), full],
          incidents: [incident, closed],
          credentials: [credential],
          tokens: [token],
          lastSession: aSession(NOON, NOON + 1),
          maintenance: [aWindow('w1', NOON, NOON + HOUR)],
        });
      });

      test('a later write of a row replaces the earlier one, members that are gone included', async () => {
        await save({ targets: [full] });
        const { failingSince: _, ...rest } = full;
        const later = { ...rest, confirmed: 'up', history: [] } as const;
        await save({ targets: [later] });
        expect((await store.load(0)).targets).toEqual([later]);
      });

      test('of the closed incidents those come back that closed after the time asked for', async () => {
        const closed = (id: string, at: number) =>
          anIncident(id, { state: 'closed', closed: at, closeReason: 'recovered' });
        await save({ incidents: [closed('i1', NOON), closed('i2', NOON + 1), anIncident('i3')] });
        expect((await store.load(NOON)).incidents.map(({ id }) => id)).toEqual(['i2', 'i3']);
      });

      test('more than one slice of targets comes back', async () => {
        const targets = Array.from({ length: 1_203 }, (_, at) => aTargetMemory({ mailbox: `m${at}` }));
        await save({ targets });
        expect((await store.load(0)).targets).toHaveLength(1_203);
      });

      test('sessions that overlap a span, in order', async () => {
        await save({ session: aSession(NOON + 2, NOON + 3, 'b') });
        await save({ session: aSession(NOON - 5, NOON, 'a') });
        await save({ session: aSession(NOON - 5, NOON + 1, 'c') });
        await save({ session: aSession(NOON + 9, NOON + 10, 'd') });
        expect(await store.sessions({ from: NOON, until: NOON + 9 })).toEqual([
          { from: NOON - 5, until: NOON + 1 },
          { from: NOON + 2, until: NOON + 3 },
        ]);
      });

      test('the last session is the one that ended last', async () => {
        await save({ session: aSession(NOON, NOON + HOUR, 'a') });
        await save({ session: aSession(NOON + HOUR, NOON + HOUR + 1, 'b') });
        await save({ session: aSession(NOON, NOON + 2 * HOUR, 'a') });
        expect((await store.load(0)).lastSession).toEqual(aSession(NOON, NOON + 2 * HOUR, 'a'));
      });
    });

    describe('incidents', () => {
      test.each<[string, Partial<IncidentQuery>, readonly string[]]>([
        ['all of them, newest first', {}, ['i4', 'i3', 'i2', 'i1']],
        ['open ones, the intermittent included', { state: 'open' }, ['i3', 'i2']],
        ['closed ones', { state: 'closed' }, ['i4', 'i1']],
        ['of a cause', { cause: 'protocol-disabled-on-mailbox' }, ['i3']],
        ['of an owner', { owner: 'network-admin' }, ['i4']],
        ['that affected a mailbox', { mailbox: 'hr' }, ['i3']],
        ['of an app: about it, or about its mailboxes', { app: 'erp' }, ['i3', 'i2']],
        ['of an app that has none', { app: 'crm' }, []],
        ['that lasted into a span', { from: NOON + HOUR }, ['i4', 'i3', 'i2']],
        ['that opened before the end of a span', { until: NOON + 2 * HOUR }, ['i3', 'i2', 'i1']],
        ['of several conditions', { state: 'open', app: 'erp', cause: 'secret-expired' }, ['i2']],
      ])('%s', async (_, query, expected) => {
        const closed = { state: 'closed', closeReason: 'recovered' } as const;
        await save({
          targets: [aTargetMemory(), aTargetMemory({ mailbox: 'hr', app: 'erp' })],
          incidents: [
            anIncident('i1', { ...closed, closed: NOON + HOUR }),
            anIncident('i2', { scope: 'app', subject: 'erp', affectedMailboxes: [] }),
            anIncident('i3', {
              cause: 'protocol-disabled-on-mailbox',
              state: 'intermittent',
              opened: NOON + HOUR,
              affectedMailboxes: [
                { id: 'hr', since: NOON },
                { id: 'qms', since: NOON },
              ],
            }),
            anIncident('i4', {
              ...closed,
              owner: 'network-admin',
              opened: NOON + 2 * HOUR,
              closed: NOON + 3 * HOUR,
            }),
          ],
        });
        expect(await idsOf(query)).toEqual(expected);
      });

      test('pages follow each other without gap or repetition, and the last says so', async () => {
        await save({ incidents: ['i1', 'i2', 'i3', 'i4', 'i5'].map((id) => anIncident(id)) });
        const first = await store.incidents({ limit: 2 });
        const second = await store.incidents({ limit: 2, after: first.next ?? '' });
        const third = await store.incidents({ limit: 2, after: second.next ?? '' });
        expect([first, second, third].map(({ items }) => items.map(({ id }) => id))).toEqual([
          ['i5', 'i4'],
          ['i3', 'i2'],
          ['i1'],
        ]);
        expect(third.next).toBeUndefined();
      });

      test('one that is not known is undefined', async () => {
        expect(await store.incident('i1')).toBeUndefined();
      });

      test('a write that names some affected mailboxes leaves the others as they are', async () => {
        const mailboxes = [
          { id: 'a', since: 1 },
          { id: 'b', since: 2 },
        ];
        await save({ incidents: [anIncident('i1', { affectedMailboxes: mailboxes })] });
        const changed = [
          { id: 'b', since: 2, until: 5 },
          { id: 'b', since: 7 },
          { id: 'c', since: 3 },
        ];
        await save({ incidents: [anIncident('i1', { affectedMailboxes: changed })] });
        expect((await store.incident('i1'))?.affectedMailboxes).toEqual([{ id: 'a', since: 1 }, ...changed]);
      });

      test('one that was left open closes when its problem opens a newer one', async () => {
        await save({ incidents: [anIncident('i1', { problem: 'p' })] });
        await save({ incidents: [anIncident('i2', { problem: 'p', opened: NOON + 5 })] });
        expect(await store.incident('i1')).toMatchObject({
          state: 'closed',
          closed: NOON + 5,
          closeReason: 'superseded',
          supersededBy: 'i2',
        });
        expect(await idsOf({ state: 'open' })).toEqual(['i2']);
      });
    });

    describe('acknowledgements', () => {
      const acknowledgement = { by: 'jo', note: 'on it', at: NOON };

      test('they stay with the incident, whatever is written of it later', async () => {
        await save({ incidents: [anIncident('i1')] });
        expect(await store.acknowledge('i1', acknowledgement)).toBe(true);
        await save({ incidents: [anIncident('i1', { title: 'grown' })] });
        expect(await store.incident('i1')).toMatchObject({ title: 'grown', acknowledgement });
        expect((await store.load(0)).incidents[0]?.acknowledgement).toEqual(acknowledgement);
      });

      test('a second one replaces the first', async () => {
        await save({ incidents: [anIncident('i1')] });
        await store.acknowledge('i1', acknowledgement);
        const second = { by: 'al', note: '', at: NOON + 1, until: NOON + HOUR };
        await store.acknowledge('i1', second);
        expect((await store.incident('i1'))?.acknowledgement).toEqual(second);
      });

      test('it can be taken back, once', async () => {
        await save({ incidents: [anIncident('i1')] });
        await store.acknowledge('i1', acknowledgement);
        expect(await store.unacknowledge('i1')).toBe(true);
        expect(await store.unacknowledge('i1')).toBe(false);
        expect((await store.incident('i1'))?.acknowledgement).toBeUndefined();
      });

      test('an incident that is not known cannot be acknowledged', async () => {
        expect(await store.acknowledge('i1', acknowledgement)).toBe(false);
      });
    });

    describe('maintenance', () => {
      const from = NOON;
      const until = NOON + HOUR;

      test('windows that overlap a span, in order, with what they select', async () => {
        const selecting = {
          ...aWindow('w2', NOON, NOON + 1),
          apps: ['plm'],
          mailboxes: ['qms'],
          labels: { team: 'q' },
        };
        const windows = [
          aWindow('w1', NOON - 2, NOON - 1),
          aWindow('w0', NOON - 2, NOON),
          selecting,
          aWindow('w3', NOON + 1),
          aWindow('w4', until),
        ];
        for (const window of windows.toReversed()) await store.addMaintenance(window);
        expect(await store.maintenance({ from, until })).toEqual([selecting, aWindow('w3', NOON + 1)]);
      });

      test('one that is ended stays in the history', async () => {
        await store.addMaintenance(aWindow('w', NOON));
        expect(await store.endMaintenance('w', NOON + 5)).toBe(true);
        expect(await store.endMaintenance('w', NOON + 6)).toBe(false);
        expect(await store.maintenance({ from, until })).toEqual([aWindow('w', NOON, NOON + 5)]);
      });

      test('one that has not begun is deleted', async () => {
        await store.addMaintenance(aWindow('w', NOON + 5, until));
        expect(await store.endMaintenance('w', NOON + 5)).toBe(true);
        expect(await store.maintenance({ from, until })).toEqual([]);
      });

      test('one that is not known cannot be ended', async () => {
        expect(await store.endMaintenance('w', NOON)).toBe(false);
      });
    });

    describe('the outbox', () => {
      const due = async (now: number, limit = 10): Promise<readonly string[]> =>
        (await store.takeDue({ now, limit, leaseMs: 60_000 })).map(({ id }) => id);

      test('what is due is taken, oldest first, and is not due again for the length of the lease', async () => {
        const outbox = [
          aMessage('m1', { due: NOON + 1 }),
          aMessage('m2'),
          aMessage('m3', { due: NOON + HOUR }),
        ];
        await save({ outbox });
        expect(await due(NOON + 1)).toEqual(['m2', 'm1']);
        expect(await due(NOON + 60_000)).toEqual([]);
        expect(await due(NOON + 60_001)).toEqual(['m1', 'm2']);
      });

      test('no more than asked for', async () => {
        await save({ outbox: [aMessage('m1'), aMessage('m2')] });
        expect([await due(NOON, 1), await due(NOON, 1), await due(NOON, 1)]).toEqual([['m1'], ['m2'], []]);
      });

      test('it is whole, and counts its attempts', async () => {
        await save({ outbox: [aMessage('m1', { incident: 'i1' })] });
        await due(NOON);
        const [message] = await store.takeDue({ now: NOON + HOUR, limit: 1, leaseMs: 1 });
        expect(message).toMatchObject({
          ...aMessage('m1', { incident: 'i1' }),
          attempts: 2,
          due: NOON + 60_000,
        });
      });

      test.each(['sent', 'failed'] as const)(
        '%s: it is never due again, even if queued again',
        async (outcome) => {
          await save({ outbox: [aMessage('m1')], settlements: [{ message: 'm1', outcome, at: NOON }] });
          await save({ outbox: [aMessage('m1')] });
          await save({ settlements: [{ message: 'm1', outcome: 'retry', at: NOON, due: NOON }] });
          expect(await due(NOON + DAY)).toEqual([]);
        },
      );

      test('retry: it is due at the time given', async () => {
        await save({ outbox: [aMessage('m1')] });
        await save({ settlements: [{ message: 'm1', outcome: 'retry', at: NOON, due: NOON + 7 }] });
        expect([await due(NOON + 6), await due(NOON + 7)]).toEqual([[], ['m1']]);
      });

      test('what became of a message stands with its incident', async () => {
        const outbox = ['m1', 'm2', 'm3', 'm4'].map((id, at) =>
          aMessage(id, { incident: 'i1', createdAt: NOON + at }),
        );
        await save({ incidents: [anIncident('i1')], outbox });
        await save({
          settlements: [
            { message: 'm1', outcome: 'sent', at: NOON + 10 },
            { message: 'm2', outcome: 'failed', at: NOON + 11, detail: '410 Gone' },
            { message: 'm3', outcome: 'retry', at: NOON + 12, due: DAY, detail: '503' },
          ],
        });
        const told = { channel: 'ops', message: 'opened' };
        expect((await store.incident('i1'))?.deliveries).toEqual([
          { ...told, outcome: 'sent', at: NOON + 10 },
          { ...told, outcome: 'failed', at: NOON + 11, detail: '410 Gone' },
          { ...told, outcome: 'pending', at: NOON + 12, detail: '503' },
          { ...told, outcome: 'pending', at: NOON + 3 },
        ]);
      });
    });

    describe('the past', () => {
      const changes = [
        aChange('unknown', NOON - DAY),
        aChange('up', NOON - HOUR),
        aChange('down', NOON + HOUR),
        aChange('up', NOON + 2 * HOUR),
        aChange('up', NOON, { protocol: 'pop3' }),
        aChange('up', NOON, { mailbox: 'hr', app: 'erp' }),
      ];

      test('a mailbox: its changes in the span, and the state that each target had before', async () => {
        await save({ stateChanges: changes });
        const found = await store.history({ mailbox: 'qms', from: NOON, until: NOON + 2 * HOUR });
        expect(found).toEqual([changes[1], changes[4], changes[2]]);
      });

      test('of two changes at one time the later one counts, however often they are written', async () => {
        await save({ stateChanges: [aChange('unknown', NOON), aChange('down', NOON)] });
        await save({ stateChanges: [aChange('down', NOON)] });
        expect(await store.history({ mailbox: 'qms', from: 0, until: DAY * 50_000 })).toEqual([
          aChange('down', NOON),
        ]);
      });

      test('availability of every mailbox, with the incidents that count', async () => {
        const window = { from: NOON, until: NOON + 4 * HOUR };
        await save({
          stateChanges: changes,
          targets: [
            aTargetMemory({ labels: { team: 'q' } }),
            aTargetMemory({ protocol: 'pop3', labels: { team: 'q' } }),
          ],
          session: aSession(NOON - DAY, NOON + 4 * HOUR),
          maintenance: [{ ...aWindow('w', NOON + 3 * HOUR, NOON + DAY), labels: { team: 'q' } }],
          incidents: [
            anIncident('i1', { opened: NOON + HOUR, affectedMailboxes: [{ id: 'qms', since: NOON + HOUR }] }),
            anIncident('i2', { advisory: true }),
            anIncident('i3', { maintenance: 'w' }),
            anIncident('i4', { state: 'closed', closed: NOON, opened: NOON - HOUR }),
          ],
        });
        const { mailboxes, incidents } = await store.availability(window);
        expect(incidents.map(({ id }) => id)).toEqual(['i1']);
        expect(mailboxes).toEqual([
          {
            mailbox: 'hr',
            app: 'erp',
            labels: {},
            upMs: 4 * HOUR,
            downMs: 0,
            unknownMs: 0,
            maintenanceMs: 0,
            notWatchedMs: 0,
            outages: 0,
            incidents: [],
          },
          {
            mailbox: 'qms',
            app: 'plm',
            labels: { team: 'q' },
            upMs: 2 * HOUR,
            downMs: HOUR,
            unknownMs: 0,
            maintenanceMs: HOUR,
            notWatchedMs: 0,
            outages: 1,
            longestOutage: {
              mailbox: 'qms',
              from: NOON + HOUR,
              until: NOON + 2 * HOUR,
              downMs: HOUR,
            },
            incidents: ['i1'],
          },
        ]);
      });
    });

    describe('pruning', () => {
      test('what ended before goes; what is open or still holds stays', async () => {
        const old = NOON - 10 * DAY;
        const closed = { state: 'closed', closeReason: 'recovered' } as const;
        await save({
          targets: [aTargetMemory(), aTargetMemory({ mailbox: 'gone' })],
          stateChanges: [
            aChange('up', old),
            aChange('down', old + 1),
            aChange('up', old + 2),
            aChange('down', NOON + 1),
            aChange('up', old, { mailbox: 'gone' }),
            aChange('removed', old + 1, { mailbox: 'gone' }),
          ],
          incidents: [
            anIncident('i1', { ...closed, opened: old, closed: old + 1 }),
            anIncident('i2', { opened: old }),
            anIncident('i3', { ...closed, opened: old, closed: NOON }),
          ],
          outbox: [aMessage('m1', { incident: 'i1' }), aMessage('m2', { incident: 'i2' }), aMessage('m3')],
          settlements: [
            { message: 'm1', outcome: 'sent', at: old },
            { message: 'm2', outcome: 'sent', at: old },
          ],
          maintenance: [aWindow('w1', old, old + 1), aWindow('w2', old)],
          session: aSession(old, old + 1),
        });
        await store.acknowledge('i1', { by: 'jo', note: '', at: old });
        expect(await store.prune(NOON)).toBeGreaterThan(0);
        expect(await store.prune(NOON)).toBe(0);
        expect(await idsOf({})).toEqual(['i3', 'i2']);
        expect((await store.incident('i2'))?.deliveries).toHaveLength(1);
        expect(
          (await store.history({ mailbox: 'qms', from: 0, until: NOON + DAY })).map(({ at }) => at),
        ).toEqual([old + 2, NOON + 1]);
        const loaded = await store.load(0);
        expect(loaded.targets.map(({ mailbox }) => mailbox)).toEqual(['qms']);
        expect(loaded.maintenance.map(({ id }) => id)).toEqual(['w2']);
        expect(loaded.lastSession).toBeUndefined();
        expect((await store.takeDue({ now: NOON, limit: 9, leaseMs: 1 })).map(({ id }) => id)).toEqual([
          'm3',
        ]);
      });
    });

    test('a write may be repeated: nothing is there twice', async () => {
      const changes: Partial<Changes> = {
        targets: [aTargetMemory()],
        stateChanges: [aChange('up', NOON)],
        incidents: [anIncident('i1')],
        outbox: [aMessage('m1', { incident: 'i1' })],
        session: aSession(NOON, NOON + 1),
      };
      await save(changes);
      const once = [await store.load(0), await store.incident('i1')];
      await save(changes);
      expect([await store.load(0), await store.incident('i1')]).toEqual(once);
    });
  });
}
