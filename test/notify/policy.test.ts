import { describe, expect, test } from 'vitest';
import type { Incident } from '../../src/model/incident.ts';
import {
  aChannel,
  anIncident,
  aWorld,
  closedNow,
  DAY,
  HOUR,
  mailboxes,
  MINUTE,
  type World,
} from './world.ts';

const REFUSE = { outcome: 'retry', reason: 'HTTP 503' } as const;
const ACCEPT = { outcome: 'accepted', answer: 'HTTP 200' } as const;

async function opened(world: World, overrides: Partial<Incident> = {}): Promise<Incident> {
  const incident = anIncident(world.clock, overrides);
  await world.change('opened', incident);
  return incident;
}

async function close(world: World, incident: Incident, reason?: Incident['closeReason']): Promise<Incident> {
  const closed = closedNow(incident, world.clock, reason);
  await world.change('closed', closed, incident);
  return closed;
}

const kinds = (world: World): readonly string[] => world.received.map(({ message }) => message.event);

describe('one message per incident', () => {
  test('forty mailboxes behind one secret are one message', async () => {
    const world = aWorld();
    const first = await opened(world);
    await world.pass(30_000, 10_000);
    await world.change('grew', { ...first, affectedMailboxes: mailboxes(40), peakAffected: 40 }, first);
    await world.pass(10 * MINUTE);
    expect(world.headlines()).toEqual(['40 mailboxes down: The client secret of app plm has expired']);
  });

  test.each([
    ['no', 0, '3 mailboxes affected'],
    ['one', 1, '1 of 3 mailboxes down'],
  ])('%s mailbox that is down is not said to be more', async (_, down, lead) => {
    const world = aWorld();
    world.isDown = (mailbox) => Number(mailbox.slice(-3)) < down;
    await opened(world, { affectedMailboxes: mailboxes(3), peakAffected: 3 });
    await world.pass(2 * MINUTE);
    expect(world.headlines()).toEqual([`${lead}: The client secret of app plm has expired`]);
  });

  test('nothing is sent before the affected have gathered for a minute', async () => {
    const world = aWorld();
    await opened(world);
    await world.pass(59_000, 1_000);
    expect(world.received).toEqual([]);
    await world.pass(1_000, 1_000);
    expect(kinds(world)).toEqual(['opened']);
  });

  test('what was over within the minute is never said', async () => {
    const world = aWorld();
    const incident = await opened(world);
    await world.pass(50_000, 10_000);
    await close(world, incident);
    await world.pass(2 * DAY, HOUR);
    expect(world.received).toEqual([]);
  });

  test.each([false, true])(
    'so it is where it began long before it was confirmed (restarted meanwhile: %s)',
    async (isRestarted) => {
      const world = aWorld();
      const incident = await opened(world, { opened: world.clock.now() - 10 * MINUTE });
      await world.clock.advance(50_000);
      if (isRestarted) world.restart();
      await close(world, incident);
      await world.pass(2 * DAY, HOUR);
      expect(world.received).toEqual([]);
    },
  );

  test('its end is said: how long, how many', async () => {
    const world = aWorld();
    const incident = await opened(world, { affectedMailboxes: mailboxes(3), peakAffected: 3 });
    await world.pass(90 * MINUTE);
    await close(world, incident);
    await world.pass(MINUTE);
    expect(world.headlines()).toEqual([
      '3 mailboxes down: The client secret of app plm has expired',
      'Resolved: 3 mailboxes were down for 1 h 30 min (The client secret of app plm has expired)',
    ]);
    expect(world.received[1]?.message.facts).toContainEqual({
      name: 'Was affected',
      value: '3 mailboxes: mailbox-000, mailbox-001, mailbox-002',
    });
  });

  test('an outage that was over before it could be delivered is one message', async () => {
    const world = aWorld();
    world.answer = () => REFUSE;
    const incident = await opened(world);
    await world.pass(90 * MINUTE);
    await close(world, incident);
    await world.pass(10 * MINUTE);
    world.answer = () => ACCEPT;
    await world.pass(DAY);
    expect(world.headlines()).toEqual([
      'qms-inbox was down 13:00-14:30 CET (The client secret of app plm has expired)',
    ]);
  });

  test.each<[string, Partial<Incident>, string]>([
    [
      'its cause',
      { cause: 'app-disabled', title: 'App plm is disabled' },
      'qms-inbox down, new cause: App plm is disabled',
    ],
    [
      'its severity',
      { severity: 'info' },
      'qms-inbox down, now info: The client secret of app plm has expired',
    ],
  ])('a change of %s is said', async (_, overrides, headline) => {
    const world = aWorld();
    const incident = await opened(world);
    await world.pass(2 * MINUTE);
    await world.change('changed', { ...incident, ...overrides }, incident);
    await world.pass(2 * MINUTE);
    expect(world.headlines().slice(1)).toEqual([headline]);
  });

  test('a change that is taken back within a minute is not said', async () => {
    const world = aWorld();
    const incident = await opened(world);
    await world.pass(2 * MINUTE);
    const other: Incident = { ...incident, cause: 'app-disabled' };
    await world.change('changed', other, incident);
    await world.clock.advance(10_000);
    await world.change('changed', incident, other);
    await world.pass(DAY / 2, HOUR);
    expect(kinds(world)).toEqual(['opened']);
  });

  test('a new title or confidence is no news', async () => {
    const world = aWorld();
    const incident = await opened(world);
    await world.pass(2 * MINUTE);
    await world.change('changed', { ...incident, title: 'Another title', confidence: 'likely' }, incident);
    await world.pass(2 * MINUTE);
    expect(kinds(world)).toEqual(['opened']);
  });

  test('a superseded incident sends no end', async () => {
    const world = aWorld();
    const incident = await opened(world);
    await world.pass(2 * MINUTE);
    await close(world, incident, 'superseded');
    await world.pass(2 * DAY, HOUR);
    expect(kinds(world)).toEqual(['opened']);
  });

  test('one that is superseded within the minute sends nothing', async () => {
    const world = aWorld();
    const incident = await opened(world);
    await world.clock.advance(30_000);
    await close(world, incident, 'superseded');
    await world.pass(2 * DAY, HOUR);
    expect(world.received).toEqual([]);
  });

  test('what is no longer watched is said to be so, not to have recovered', async () => {
    const world = aWorld();
    const incident = await opened(world);
    await world.pass(2 * MINUTE);
    await close(world, incident, 'no-longer-configured');
    await world.pass(MINUTE);
    expect(world.headlines()[1]).toBe(
      'No longer watched: qms-inbox was down for 2 min (The client secret of app plm has expired)',
    );
  });
});

describe('reminders', () => {
  test('come each 24 hours while it is open, also after a restart', async () => {
    const world = aWorld();
    await opened(world);
    await world.pass(30 * HOUR, HOUR);
    world.restart();
    await world.pass(45 * HOUR, HOUR);
    expect(world.headlines().slice(1)).toEqual([
      'qms-inbox still down after 1 day 1 h: The client secret of app plm has expired',
      'qms-inbox still down after 2 days 1 h: The client secret of app plm has expired',
      'qms-inbox still down after 3 days 1 h: The client secret of app plm has expired',
    ]);
  });

  test('pause while somebody acknowledges it, and go on afterwards', async () => {
    const world = aWorld();
    const incident = await opened(world);
    await world.pass(HOUR);
    const until = world.clock.now() + 3 * DAY;
    const acknowledgement = { by: 'ann', note: 'on it', at: world.clock.now(), until };
    world.known = (one) => ({ ...one, acknowledgement });
    await world.pass(3 * DAY - HOUR, HOUR);
    expect(kinds(world)).toEqual(['opened']);
    await world.pass(2 * HOUR, HOUR);
    expect(kinds(world)).toEqual(['opened', 'reminder']);
    await close(world, incident);
    await world.pass(HOUR);
    expect(kinds(world)).toEqual(['opened', 'reminder', 'closed']);
  });

  test('count from the last message', async () => {
    const world = aWorld();
    const incident = await opened(world);
    await world.pass(20 * HOUR, HOUR);
    await world.change('changed', { ...incident, cause: 'app-disabled' }, incident);
    await world.pass(20 * HOUR, HOUR);
    expect(kinds(world)).toEqual(['opened', 'changed']);
    await world.pass(6 * HOUR, HOUR);
    expect(kinds(world)).toEqual(['opened', 'changed', 'reminder']);
  });
});

describe('what comes and goes', () => {
  test('says that it is back once, and that it is over when it has stayed so for an hour', async () => {
    const world = aWorld();
    let incident = await opened(world);
    await world.pass(10 * MINUTE);
    incident = await close(world, incident);
    for (let spell = 0; spell < 5; spell += 1) {
      await world.pass(20 * MINUTE);
      const { closed: _, closeReason: __, ...open } = incident;
      const now = world.clock.now();
      const again: Incident = {
        ...open,
        state: 'intermittent',
        spells: [...incident.spells, now],
        affectedMailboxes: [{ id: 'qms-inbox', since: now }],
      };
      await world.change('reopened', again, incident);
      await world.pass(20 * MINUTE);
      incident = await close(world, again);
    }
    await world.pass(2 * HOUR);
    expect(kinds(world)).toEqual(['opened', 'closed', 'reopened', 'closed']);
    expect(world.headlines()[2]).toBe('qms-inbox down again: The client secret of app plm has expired');
  });
});

describe('credentials and advisories', () => {
  const advisory = {
    advisory: true,
    affectedMailboxes: [],
    peakAffected: 0,
    cause: 'secret-expiring',
  } as const;

  test('a secret that ends in 7 days is said at once', async () => {
    const world = aWorld();
    await opened(world, { ...advisory, title: 'The secret of app plm ends in 7 days' });
    await world.pass(2 * MINUTE);
    expect(world.headlines()).toEqual(['Urgent: The secret of app plm ends in 7 days']);
  });

  test('one that ends later waits for the digest of its owner, at 08:00 local time', async () => {
    const world = aWorld();
    await opened(world, { ...advisory, severity: 'info', title: 'The secret of app plm ends in 30 days' });
    await opened(world, {
      ...advisory,
      severity: 'warning',
      title: 'The secret of app crm ends in 14 days',
      subject: 'crm',
    });
    await opened(world, { ...advisory, severity: 'info', title: 'A clock is wrong', owner: 'operator' });
    await world.pass(DAY);
    expect(world.headlines().toSorted()).toEqual([
      'Not urgent: A clock is wrong',
      'Not urgent: The secret of app crm ends in 14 days and 1 other',
    ]);
    expect(new Date(world.received[0]?.at ?? 0).toISOString()).toBe('2026-11-23T07:00:00.000Z');
  });

  test('it is not repeated day by day, but each Monday', async () => {
    const world = aWorld();
    await opened(world, { ...advisory, severity: 'info', title: 'The secret of app plm ends in 30 days' });
    await world.pass(20 * DAY, HOUR);
    expect(world.received.map(({ at }) => new Date(at).toISOString())).toEqual([
      '2026-11-23T07:00:00.000Z',
      '2026-11-30T07:00:00.000Z',
      '2026-12-07T07:00:00.000Z',
    ]);
  });

  test('when it becomes urgent it is said at once, with the urgency first', async () => {
    const world = aWorld();
    const incident = await opened(world, { ...advisory, severity: 'info', title: 'It ends in 30 days' });
    await world.pass(3 * DAY, HOUR);
    const urgent: Incident = { ...incident, severity: 'critical', title: 'It ends in 7 days' };
    await world.change('changed', urgent, incident);
    await world.pass(2 * MINUTE);
    expect(world.headlines()).toEqual(['Not urgent: It ends in 30 days', 'Urgent: It ends in 7 days']);
    await close(world, urgent);
    await world.pass(MINUTE);
    expect(world.headlines()[2]).toBe('Resolved, no longer the case: It ends in 7 days');
  });

  test('one that was said to be urgent is said to be over, though it is no longer urgent when it ends', async () => {
    const world = aWorld({
      settings: { channels: [aChannel(), aChannel('critical', { severity: 'critical' })] },
    });
    const urgent = await opened(world, { ...advisory, severity: 'critical' });
    await world.pass(2 * MINUTE);
    const milder: Incident = { ...urgent, severity: 'warning' };
    await world.change('changed', milder, urgent);
    await world.pass(2 * MINUTE);
    await close(world, milder);
    await world.pass(2 * MINUTE);
    expect(world.received.map(({ channel, message }) => `${channel} ${message.event}`).toSorted()).toEqual([
      'critical closed',
      'critical opened',
      'ops closed',
      'ops opened',
    ]);
  });

  test('one that was repaired before the digest sends nothing', async () => {
    const world = aWorld();
    const incident = await opened(world, { ...advisory, severity: 'info' });
    await world.pass(2 * HOUR);
    await close(world, incident);
    await world.pass(3 * DAY, HOUR);
    expect(world.received).toEqual([]);
  });
});

describe('silence', () => {
  test('nothing is sent in maintenance; what is still open afterwards is', async () => {
    const world = aWorld();
    const end = world.clock.now() + 2 * HOUR;
    world.mutedUntil = () => (world.clock.now() < end ? end : undefined);
    await opened(world);
    await world.pass(2 * HOUR - MINUTE);
    expect(world.received).toEqual([]);
    await world.pass(2 * MINUTE);
    expect(kinds(world)).toEqual(['opened']);
  });

  test('what was over within the maintenance is never said', async () => {
    const world = aWorld();
    const end = world.clock.now() + 2 * HOUR;
    world.mutedUntil = () => (world.clock.now() < end ? end : undefined);
    const incident = await opened(world, { maintenance: 'patch-sunday' });
    await world.pass(HOUR);
    await close(world, incident);
    await world.pass(DAY, HOUR);
    expect(world.received).toEqual([]);
  });

  test('an acknowledged incident is not reported later, only its end if its opening was', async () => {
    const world = aWorld();
    world.known = (one) => ({ ...one, acknowledgement: { by: 'ann', note: '', at: world.clock.now() } });
    const incident = await opened(world);
    await world.pass(HOUR);
    await close(world, incident);
    await world.pass(HOUR);
    expect(world.received).toEqual([]);
  });

  test('in a simulation every headline says so first', async () => {
    const world = aWorld({ simulated: true });
    await opened(world);
    await world.pass(2 * MINUTE);
    expect(world.headlines()).toEqual([
      'SIMULATED: qms-inbox down: The client secret of app plm has expired',
    ]);
  });

  test('what is simulated is asked for each message: a reload may turn to a real tenant', async () => {
    const world = aWorld({ simulated: true });
    const incident = await opened(world);
    await world.pass(2 * MINUTE);
    world.simulated = false;
    await close(world, incident);
    await world.pass(2 * MINUTE);
    expect(world.headlines().map((headline) => headline.startsWith('SIMULATED'))).toEqual([true, false]);
  });
});

describe('routing', () => {
  const mailboxesOfApps = {
    'qms-inbox': { app: 'plm', labels: { team: 'quality' } },
    'crm-inbox': { app: 'crm', labels: {} },
  };
  const scope = { scope: 'mailbox', subject: 'qms-inbox' } as const;

  test.each<[string, Parameters<typeof aChannel>[1], Partial<Incident>, boolean]>([
    ['the owner', { owners: ['entra-admin'] }, {}, true],
    ['another owner', { owners: ['network-admin'] }, {}, false],
    ['the app of an affected mailbox', { apps: ['plm'] }, scope, true],
    ['the app itself, nobody affected', { apps: ['plm'] }, { affectedMailboxes: [], advisory: true }, true],
    ['another app', { apps: ['crm'] }, scope, false],
    ['a label', { labels: { team: 'quality' } }, scope, true],
    ['another label', { labels: { team: 'sales' } }, scope, false],
    ['a severity that it reaches', { severity: 'warning' }, {}, true],
    ['a severity that it does not reach', { severity: 'warning' }, { severity: 'info' }, false],
    ['owner and label together', { owners: ['entra-admin'], labels: { team: 'sales' } }, scope, false],
  ])('by %s', async (_, filter, overrides, isSent) => {
    const world = aWorld({
      settings: { channels: [aChannel('ops', filter)] },
      mailboxes: mailboxesOfApps,
    });
    await opened(world, overrides);
    await world.pass(2 * MINUTE);
    expect(world.received.length).toBe(isSent ? 1 : 0);
  });

  test('a channel that an incident grows into hears of it', async () => {
    const world = aWorld({
      settings: { channels: [aChannel('plm', { apps: ['plm'] }), aChannel('crm', { apps: ['crm'] })] },
      mailboxes: mailboxesOfApps,
    });
    const incident = await opened(world, { scope: 'tenant', subject: 'contoso.example' });
    await world.pass(2 * MINUTE);
    const since = world.clock.now();
    const grown = {
      ...incident,
      affectedMailboxes: [...incident.affectedMailboxes, { id: 'crm-inbox', since }],
    };
    await world.change('grew', grown, incident);
    await world.pass(2 * MINUTE);
    expect(world.received.map(({ channel }) => channel)).toEqual(['plm', 'crm']);
  });
});

describe('a storm', () => {
  test('of a hundred incidents in a minute is one summary, and so is its end', async () => {
    const world = aWorld();
    const incidents: Incident[] = [];
    for (let number = 0; number < 100; number += 1) {
      incidents.push(await opened(world, { scope: 'mailbox', subject: `mailbox-${number}` }));
      await world.clock.advance(500);
      await world.notifier().round();
    }
    await world.pass(10 * MINUTE, 1_000);
    expect(world.headlines()).toEqual(['100 incidents opened at once: 100 secret-expired']);
    await world.pass(DAY, HOUR);
    expect(world.headlines().slice(1)).toEqual(['100 incidents still open: 100 secret-expired']);
    for (const incident of incidents) await close(world, incident);
    await world.pass(10 * MINUTE);
    expect(world.headlines().slice(2)).toEqual(['100 incidents resolved at once: 100 secret-expired']);
  });

  test('of a dozen is a dozen messages', async () => {
    const world = aWorld();
    for (let number = 0; number < 12; number += 1) await opened(world, { subject: `app-${number}` });
    await world.pass(5 * MINUTE);
    expect(world.received.length).toBe(12);
  });

  test('each of its incidents shows the summary among its deliveries', async () => {
    const world = aWorld();
    const incidents: Incident[] = [];
    for (let number = 0; number < 25; number += 1) incidents.push(await opened(world));
    await world.pass(5 * MINUTE);
    const stored = await world.store.incident(incidents[7]?.id ?? '');
    expect(stored?.deliveries[0]).toMatchObject({ channel: 'ops', message: 'opened', outcome: 'skipped' });
    expect(stored?.deliveries[0]?.detail).toMatch(/^reported in the summary /);
  });
});
