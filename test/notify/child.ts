/**
 * A process that sends the message about one incident from each of some SQLite files to a webhook or a mail server, and
 * ends itself by SIGKILL at its nth step. Run by `kill.test.ts` with: the step, how many milliseconds its clock is
 * ahead, and for each file the file and the URL.
 */
import { createChannel } from '../../src/notify/create-channel.ts';
import { createNotifier } from '../../src/notify/notifier.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';
import { NOON } from '../support/builders.ts';
import { aClock } from './clock.ts';
import { someEdges } from './edges.ts';
import { anIncident, SETTINGS } from './world.ts';

const [endAt = '0', aheadMs = '0', ...files] = process.argv.slice(2);
const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let steps = 0;
const step = (what: string): void => {
  steps += 1;
  if (steps !== Number(endAt)) return;
  process.stdout.write(`${what}\n`);
  process.kill(process.pid, 'SIGKILL');
};

/** The same in each file, and for each process: the next one that is made has another id. */
const incident = anIncident(aClock(NOON));

async function send(file: string, url: string): Promise<void> {
  const clock = aClock(NOON + Number(aheadMs));
  const store = createSqliteStore({ file });
  const journal = createJournal({ store, clock });
  const place = new URL(url);
  const smtp = {
    id: 'ops',
    type: 'email',
    host: place.hostname,
    port: Number(place.port),
    tls: 'none',
    from: 'mailprobe@contoso.example',
    to: ['it@contoso.example'],
  } as const;
  const webhook = {
    id: 'ops',
    type: 'webhook',
    url: { from: 'text', url: place },
    secret: { from: 'env', name: 'KEY' },
  } as const;
  const settings = { ...SETTINGS, channels: [place.protocol === 'smtp:' ? smtp : webhook] } as const;
  const notifier = createNotifier(settings, {
    ...someEdges({}, { KEY }),
    clock,
    outbox: {
      takeDue: async (request) => {
        step('before rows are taken');
        const rows = await journal.takeDue(request);
        step('after rows are taken');
        return rows;
      },
      note: (changes) => {
        step('before a settlement is noted');
        journal.note(changes);
        step('after a settlement is noted');
      },
      flush: async () => {
        await journal.flush();
        step('after a settlement is committed');
      },
    },
    makeChannel: (one, edges) => {
      const channel = createChannel(one, edges);
      return {
        send: async (message, signal) => {
          step('before it is sent');
          const result = await channel.send(message, signal);
          step('after it is accepted');
          return result;
        },
      };
    },
    knowledge: {
      incident: store.incident,
      openIncidents: async () => [],
      mailbox: () => ({ app: 'plm', labels: {} }),
      isDown: () => true,
      mutedUntil: () => undefined,
    },
    simulated: () => false,
    isOnTime: () => true,
    onOutcome: () => undefined,
    onHeartbeat: () => undefined,
    onBug: (error) => {
      throw error;
    },
  });

  // What the process before this one committed is known; else the same fault is found again, as the same event.
  await store.open();
  if ((await store.incident(incident.id)) === undefined) {
    const outbox = notifier.plan([{ kind: 'opened', at: NOON, incident }], NOON);
    step('before the incident is noted');
    journal.note({ incidents: [incident], outbox });
    step('after the incident is noted');
    await journal.flush();
    step('after the incident is committed');
  }
  await clock.advance(120_000);
  await notifier.round();
  await journal.flush();
  await store.close();
}

for (let at = 0; at < files.length; at += 2) await send(files[at] ?? '', files[at + 1] ?? '');
