/** Does the token host still speak? A connection without a login, up to TLS. */
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/model/evidence.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { createControlConnections, needsControl } from '../../src/probe/control-connection.ts';
import { anApp, anEvidence, type EvidenceOptions } from '../support/builders.ts';
import { WAIT_MS } from '../support/limits.ts';
import { listen } from '../support/listener.ts';

const CACHED = { token: { source: 'cache' } } as const;

describe('the token host is tried', () => {
  test.each<[string, boolean, EvidenceOptions]>([
    [
      'when the mail host was not reached, on a cached token',
      true,
      { failed: { connect: { kind: 'timeout' } } },
    ],
    ['when the mail host took the connection and held it', true, { failed: { tls: { kind: 'timeout' } } }],
    ['not when the mail host responded', false, { failed: { auth: { kind: 'rejected' } } }],
    ['not when its certificate is not trusted', false, { failed: { tls: { kind: 'untrusted' } } }],
  ])('%s', (_name, asked, options) => {
    const evidence: Evidence = anEvidence({ ...options, facts: CACHED });
    expect(needsControl(evidence)).toBe(asked);
  });
});

test.each<[string, boolean, number, Parameters<typeof listen>[0]]>([
  [
    'a host that answers, with any content, has answered',
    true,
    WAIT_MS,
    (socket) => socket.end('no TLS here\r\n'),
  ],
  ['one that takes the connection and holds it has not', false, 50, () => undefined],
])('%s', async (_name, responds, timeoutMs, serve) => {
  const listener = await listen(serve);
  const app = anApp({ authority: `https://127.0.0.1:${listener.port}` });
  const control = createControlConnections(createRedactor(), timeoutMs);
  expect(await control(app)).toMatchObject({ responds });
  await listener.close();
});
