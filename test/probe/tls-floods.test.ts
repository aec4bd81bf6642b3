import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startHostileServer } from '../../bench/chaos/hostile-mail.ts';
import { failedStages } from '../../src/model/evidence.ts';
import { PROTOCOL_IDS } from '../../src/model/protocol.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { aTarget } from '../support/builders.ts';

const token = { ok: true, token: new Secret('a-token-of-the-tests'), facts: {}, claims: {} } as const;
const tokens = { acquire: async () => await Promise.resolve(token) };
const authority = await createCertificateAuthority('Floods');
const certificate = await authority.issue({ commonName: 'hostile', names: ['127.0.0.1'] });

describe.each(PROTOCOL_IDS)('a server of %s that floods the TLS after its greeting', (protocol) => {
  /** Stops the probe after so many turns of the event loop in which the server was connected. */
  async function probe(behavior: string, mostTurns: number) {
    const server = await startHostileServer(protocol, behavior, certificate, () => undefined);
    onTestFinished(server.close);
    const bugs: unknown[] = [];
    const target = aTarget({
      protocol,
      timeoutMs: 60_000,
      endpoint: { host: server.host, port: server.port, tls: 'implicit' },
      network: { ca: authority.cert },
    });
    const run = createProbe({ tokens, redactor: createRedactor(), reportBug: (bug) => bugs.push(bug) });
    const stop = new AbortController();
    const running = run(target, stop.signal);
    const ended = running.then(() => true);
    let turns = 0;
    while (turns < mostTurns && !(await Promise.race([ended, turn(false)]))) turns += server.connections();
    stop.abort();
    const [failed] = failedStages(await running);
    expect(bugs).toEqual([]);
    return failed?.failure;
  }

  test('with key updates does not keep the process from other work', async () => {
    const failure = await probe('key updates without an end', 10);
    expect(failure?.kind).toBe('aborted');
  });

  test('with renegotiations is refused the first', async () => {
    const failure = await probe('renegotiations without an end', Number.MAX_VALUE);
    expect(failure?.kind).toMatch(/^(?:tls|closed|reset)$/);
  });
});
