/**
 * Runs the hostile mail servers in their own process. The first message is their number. Every later message asks what
 * they have received so far. Forked by `run-chaos.ts`.
 */
import { PROTOCOL_IDS, type Protocol } from '../../src/model/protocol.ts';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { answerWith } from './forked.ts';
import { BEHAVIORS, type HostileServer, startHostileServer } from './hostile-mail.ts';

export interface StartedHostile {
  /** The authority of the servers' certificates, as PEM. */
  readonly ca: string;
  readonly servers: readonly {
    readonly protocol: Protocol;
    readonly behavior: string;
    readonly host: string;
    readonly port: number;
  }[];
}

export interface HostileReport {
  readonly connections: number;
  readonly tokens: readonly string[];
}

const servers: HostileServer[] = [];
const tokens = new Set<string>();

answerWith(async (message): Promise<StartedHostile | HostileReport> => {
  if (servers.length === 0) return await start(Number(message));
  return {
    connections: servers.reduce((sum, server) => sum + server.connections(), 0),
    tokens: [...tokens],
  };
});

async function start(count: number): Promise<StartedHostile> {
  const authority = await createCertificateAuthority('Chaos');
  const tls = await authority.issue({ commonName: 'hostile', names: ['127.0.0.1'] });
  const kinds = Object.keys(BEHAVIORS).flatMap((behavior) =>
    PROTOCOL_IDS.map((protocol) => ({ behavior, protocol })),
  );
  for (let at = 0; at < count; at += 1) {
    const kind = kinds[at % kinds.length];
    if (kind === undefined) continue;
    servers.push(
      await startHostileServer(kind.protocol, kind.behavior, tls, (token) => void tokens.add(token)),
    );
  }
  return { ca: authority.cert, servers };
}
