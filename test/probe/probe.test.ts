import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { failedStages, STAGE_NAMES, stageOf } from '../../src/model/evidence.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import { isSuspect } from '../../src/model/starved.ts';
import { createProbe } from '../../src/probe/probe.ts';
import type { TokenOutcome, TokenSource } from '../../src/probe/token/token-source.ts';
import { aTarget } from '../support/builders.ts';
import { freePorts } from '../support/free-ports.ts';
import { expectNoListeners, expectNothingLeft } from '../support/leaks.ts';

/** Behavior of a probe that does not depend on the protocol. The protocols have their contract suite. */
const accepted: TokenOutcome = { ok: true, token: new Secret('a-token-of-the-tests'), facts: {}, claims: {} };
const tokens: TokenSource = { acquire: async () => await Promise.resolve(accepted) };

let server: Server | undefined;

afterEach(async () => {
  if (server === undefined) return;
  server.close();
  await once(server, 'close');
  server = undefined;
});

async function serve(onConnection: (socket: Socket) => void): Promise<number> {
  const listening = createServer((socket) => {
    socket.on('error', () => {}).resume();
    onConnection(socket);
  });
  server = listening;
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** A deadline that no verdict depends on, however busy the machine is. */
const PATIENT_MS = 60_000;
const hangUp = (socket: Socket): unknown => socket.end();

function targetAt(port: number, timeoutMs: number): ReturnType<typeof aTarget> {
  return aTarget({ endpoint: { host: '127.0.0.1', port, tls: 'starttls' }, timeoutMs });
}

const quiet = { tokens, redactor: createRedactor(), reportBug: () => {} };

describe('a probe', () => {
  test('names its target and its time', async () => {
    const port = await serve(hangUp);
    const before = Date.now();
    const evidence = await createProbe(quiet)(targetAt(port, PATIENT_MS), new AbortController().signal);
    expect(evidence).toMatchObject({ mailbox: 'qms-inbox', protocol: 'imap', app: 'plm' });
    expect(evidence.startedAt).toBeGreaterThanOrEqual(before);
    expect(evidence.seconds).toBeGreaterThan(0);
  });

  test('that is stopped before it begins has every stage, and blames no server', async () => {
    const controller = new AbortController();
    controller.abort();
    const evidence = await expectNothingLeft(
      async () => await createProbe(quiet)(targetAt(1, PATIENT_MS), controller.signal),
    );
    expect(evidence.stages.map(({ stage }) => stage)).toEqual([...STAGE_NAMES]);
    expect(failedStages(evidence).map(({ failure }) => failure?.kind)).not.toContain('timeout');
    expectNoListeners(controller.signal);
  });

  test('of a host that refuses ends with that failure, and with its token', async () => {
    const [port = 0] = await freePorts(1);
    const evidence = await createProbe(quiet)(targetAt(port, PATIENT_MS), new AbortController().signal);
    expect(failedStages(evidence)).toMatchObject([{ stage: 'connect', failure: { kind: 'refused' } }]);
    expect(stageOf(evidence, 'token')?.outcome).toBe('ok');
  });

  test('during which our own event loop stood still is suspect', async () => {
    const controller = new AbortController();
    const port = await serve(() => {
      const until = performance.now() + 300;
      while (performance.now() < until);
      controller.abort();
    });
    const evidence = await createProbe(quiet)(targetAt(port, PATIENT_MS), controller.signal);
    expect(evidence.standstillMs).toBeGreaterThanOrEqual(200);
    expect(isSuspect(evidence)).toBe(true);
  });

  test('survives a bug, and a broken log as well', async () => {
    const port = await serve(hangUp);
    const probe = createProbe({
      ...quiet,
      tokens: {
        acquire: () => {
          throw new TypeError('a bug');
        },
      },
      reportBug: () => {
        throw new Error('the log is broken');
      },
    });
    const evidence = await probe(targetAt(port, PATIENT_MS), new AbortController().signal);
    expect(stageOf(evidence, 'token')?.failure?.kind).toBe('unexpected');
    expect(stageOf(evidence, 'greeting')?.failure?.kind).toBe('closed');
  });

  test('with a collaborator that does not listen to the deadline ends all the same', async () => {
    const port = await serve(() => {});
    const probe = createProbe({ ...quiet, tokens: { acquire: async () => await new Promise(() => {}) } });
    const evidence = await expectNothingLeft(
      async () => await probe(targetAt(port, 50), new AbortController().signal),
    );
    expect(stageOf(evidence, 'token')?.failure?.kind).toBe('timeout');
  });
});
