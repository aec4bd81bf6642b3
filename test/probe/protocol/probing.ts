/** A fake server and a probe of it with an accepted token, for tests that need no more. */
import type { Evidence } from '../../../src/model/evidence.ts';
import { createRedactor } from '../../../src/model/redactor.ts';
import { Secret } from '../../../src/model/secret.ts';
import { createProbe } from '../../../src/probe/probe.ts';
import { createCertificateAuthority } from '../../../src/sandbox/certificates.ts';
import {
  startFakeMailServer,
  type Act,
  type Dialect,
  type FakeMailServer,
  type StepName,
} from '../../fakes/fake-mail-server.ts';
import { aTarget } from '../../support/builders.ts';

export interface Probing {
  readonly server: FakeMailServer;
  /** Runs one probe against a server that behaves so at those steps. */
  readonly probe: (script: Partial<Record<StepName, Act>>) => Promise<Evidence>;
  readonly close: () => Promise<void>;
}

export async function startProbing(dialect: Dialect): Promise<Probing> {
  const authority = await createCertificateAuthority('looking');
  const certificate = await authority.issue({ commonName: 'localhost', names: ['127.0.0.1'] });
  const server = await startFakeMailServer({ dialect, certificate, tls: 'implicit' });
  const token = new Secret('a-token-of-the-tests');
  const redactor = createRedactor();
  redactor.add(token.reveal());
  const probe = createProbe({
    tokens: { acquire: async () => await Promise.resolve({ ok: true, token, facts: {}, claims: {} }) },
    redactor,
    reportBug: (error) => {
      throw error;
    },
  });
  const target = aTarget({
    protocol: dialect.protocol,
    endpoint: { host: '127.0.0.1', port: server.port, tls: 'implicit' },
    network: { ca: authority.cert },
    // Everything answers: no probe reaches it.
    timeoutMs: 120_000,
  });
  return {
    server,
    probe: async (script) => {
      server.script = script;
      server.parsed.length = 0;
      return await probe(target, new AbortController().signal);
    },
    close: server.close,
  };
}
