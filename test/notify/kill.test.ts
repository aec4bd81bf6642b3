/** Real processes, ended by SIGKILL at every point between an incident and its delivery, over one SQLite file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { LEASE_MS } from '../../src/notify/dispatcher.ts';
import { workspace } from '../config/workspace.ts';
import { portOf } from '../support/port-of.ts';

const CHILD = join(import.meta.dirname, 'child.ts');
/** More than there are: the last ones end at no step. */
const MOST_STEPS = 16;
/** The other side has it, and the file does not say so yet. */
const MAY_REPEAT = new Set([
  'after it is accepted',
  'before a settlement is noted',
  'after a settlement is noted',
]);

/** The step of a message that the other side has. */
const ACCEPTED_STEP = 7;

interface Ended {
  /** Where it was killed. */
  readonly where: string;
  readonly signal: NodeJS.Signals | null;
}

async function run(args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [where, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(signal ?? code).toBe(signal === null ? 0 : 'SIGKILL');
  return { where: where.trim(), signal };
}

test('wherever it is killed there is one message; it repeats only between acceptance and commit, under its id', async () => {
  const sent = new Map<string, string[]>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const file = String(request.url).slice(1);
      sent.set(file, [...(sent.get(file) ?? []), String(request.headers['webhook-id'])]);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const folder = await workspace({});
  /** The file, and where its message goes. */
  const argsOf = (name: string): readonly string[] => [
    join(folder, name),
    `http://127.0.0.1:${portOf(server)}/${name}`,
  ];

  const killed: { readonly name: string; readonly where: string }[] = [];
  for (let step = 1; step <= MOST_STEPS; step += 1) {
    const name = `${step}.db`;
    const { where, signal } = await run([String(step), '0', ...argsOf(name)]);
    killed.push({ name, where });
    if (signal === null) break;
  }
  // Under the same lease nobody else sends it; when that is over, the next process does.
  await run(['0', String(LEASE_MS), ...killed.flatMap(({ name }) => argsOf(name))]);
  for (const { name, where } of killed) {
    const ids = sent.get(name) ?? [];
    expect(new Set(ids).size, `killed ${where}`).toBe(1);
    expect(ids.length, `killed ${where}`).toBeLessThanOrEqual(MAY_REPEAT.has(where) ? 2 : 1);
  }
  const seen = killed.slice(0, -1).map(({ where }) => where);
  expect(seen).toEqual([
    'before the incident is noted',
    'after the incident is noted',
    'after the incident is committed',
    'before rows are taken',
    'after rows are taken',
    'before it is sent',
    'after it is accepted',
    'before a settlement is noted',
    'after a settlement is noted',
    'after a settlement is committed',
    'after a settlement is committed',
  ]);
});

test('an e-mail that is accepted and not settled repeats under its Message-ID', async () => {
  const ids: (string | undefined)[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        ids.push(/^Message-ID: (.+)$/im.exec(Buffer.concat(chunks).toString())?.[1]?.trim());
        done(null);
      });
    },
  });
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  onTestFinished(async () => await new Promise((resolve) => server.close(() => resolve())));
  const url = `smtp://127.0.0.1:${portOf(listening)}/`;
  const file = join(await workspace({}), 'mail.db');

  expect(await run([String(ACCEPTED_STEP), '0', file, url])).toMatchObject({ where: 'after it is accepted' });
  await run(['0', String(LEASE_MS), file, url]);
  expect(ids).toEqual([expect.stringMatching(/^<.+@.+>$/), ids[0]]);
});
