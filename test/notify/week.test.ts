/**
 * The mailbox of an administrator after a week: an outage of an app, a flapping mailbox, a secret that ends, a mailbox that
 * lost its permission for two days, and a relay that was down. Read the golden file.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Incident } from '../../src/model/incident.ts';
import { renderBody } from '../../src/notify/render-text.ts';
import { comesAndGoes, permissionLost, SECRET_EXPIRED, secretEnds } from './verdicts.ts';
import { anIncident, aWorld, closedNow, DAY, HOUR, mailboxes, MINUTE, type World } from './world.ts';

/** Monday, 23 November 2026, 00:00 in Berlin. */
const MONDAY = Date.parse('2026-11-22T23:00:00Z');
/** Seven days before it, on Saturday, it becomes urgent. */
const CRM_ENDS = Date.parse('2026-12-05T00:00:00Z');
const GOLDEN = join(import.meta.dirname, '../golden/administrators-week.txt');

function fromDiagnosis(diagnosis: Diagnosis): Partial<Incident> {
  const { cause, scope, subject, owner, severity, confidence, title } = diagnosis;
  return {
    problem: `${cause}:${scope}:${subject}`,
    cause,
    scope,
    subject,
    owner,
    severity,
    confidence,
    title,
    diagnosis,
  };
}

function ofExpiry(diagnosis: Diagnosis): Partial<Incident> {
  return { ...fromDiagnosis(diagnosis), advisory: true, affectedMailboxes: [], peakAffected: 0 };
}

async function open(world: World, overrides: Partial<Incident>): Promise<Incident> {
  const incident = anIncident(world.clock, overrides);
  await world.change('opened', incident);
  return incident;
}

async function close(world: World, incident: Incident): Promise<Incident> {
  const closed = closedNow(incident, world.clock);
  await world.change('closed', closed, incident);
  return closed;
}

test('is worth reading', async () => {
  const world = aWorld({ start: MONDAY });
  const until = async (day: number, hour: number, minute = 0): Promise<void> => {
    const ms = MONDAY + day * DAY + hour * HOUR + minute * MINUTE - world.clock.now();
    await world.pass(ms, MINUTE);
  };
  const verdictOfExpiry = (): Partial<Incident> => ofExpiry(secretEnds(CRM_ENDS, world.clock.now()));

  // Monday: the secret of another app ends in 12 days.
  let expiry = await open(world, verdictOfExpiry());
  const checkExpiry = async (): Promise<void> => {
    const next: Incident = { ...expiry, ...verdictOfExpiry() };
    await world.change('changed', next, expiry);
    expiry = next;
  };

  // Tuesday, 02:10 to 03:40: the secret of plm has expired, forty mailboxes.
  await until(1, 2, 10);
  const outage = await open(world, {
    ...fromDiagnosis(SECRET_EXPIRED),
    affectedMailboxes: mailboxes(40, world.clock.now()),
    peakAffected: 40,
  });
  await until(1, 3, 40);
  await close(world, outage);

  // Wednesday, from 09:00: every third login fails; it comes and goes until 14:00.
  await until(2, 9);
  let flapping = await open(world, {
    ...fromDiagnosis(permissionLost('plm-orders')),
    affectedMailboxes: [{ id: 'plm-orders', since: world.clock.now() }],
  });
  for (let minute = 30; minute < 300; minute += 60) {
    await until(2, 9, minute);
    flapping = await close(world, flapping);
    await until(2, 9, minute + 30);
    const { closed: _, closeReason: __, ...rest } = flapping;
    const now = world.clock.now();
    const again: Incident = {
      ...rest,
      ...fromDiagnosis(comesAndGoes('plm-orders')),
      formerCauses: ['mailbox-permission-missing'],
      state: 'intermittent',
      spells: [...flapping.spells, now],
      affectedMailboxes: [{ id: 'plm-orders', since: now }],
    };
    await world.change('reopened', again, flapping);
    flapping = again;
  }
  await until(2, 14, 20);
  await close(world, flapping);

  // Thursday, 01:00: the relay is down for two hours, and meanwhile a mailbox for forty minutes.
  await until(3, 1);
  world.answer = () => ({ outcome: 'retry', reason: 'smtp.contoso.example: 421 try later' });
  const missed = await open(world, {
    ...fromDiagnosis(permissionLost('hr-inbox')),
    affectedMailboxes: [{ id: 'hr-inbox', since: world.clock.now() }],
  });
  await until(3, 1, 40);
  await close(world, missed);
  await until(3, 3);
  world.answer = () => ({ outcome: 'accepted', answer: '250 ok' });

  // Thursday, 10:00: a mailbox loses its permission; nobody cares until Saturday.
  await until(3, 10);
  const denied = await open(world, {
    ...fromDiagnosis(permissionLost('sales-inbox')),
    affectedMailboxes: [{ id: 'sales-inbox', since: world.clock.now() }],
  });

  // Saturday: the secret of crm ends in 7 days, and is renewed on Sunday.
  await until(5, 1);
  await checkExpiry();
  await until(5, 18);
  await close(world, denied);
  await until(6, 1);
  await checkExpiry();
  await until(6, 11);
  await close(world, expiry);
  await until(7, 12);

  const mails = world.received.map(({ at, message }) => {
    const when = new Date(at).toLocaleString('en-GB', {
      timeZone: 'Europe/Berlin',
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
    });
    return `######## ${when} ########\nSubject: ${message.headline}\n\n${renderBody(message)}`;
  });
  await expect(mails.join('\n')).toMatchFileSnapshot(GOLDEN);
  expect(world.bugs).toEqual([]);
});
