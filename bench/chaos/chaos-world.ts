/**
 * Starts what the daemon of a chaos run watches: a sandbox, hostile mail servers, and a client that logs in to the
 * healthy mailboxes, each in its own process. Writes the configuration that names them. Used by `run-chaos.ts`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { configFor } from '../../src/sandbox/config-file.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import { freePorts } from '../../test/support/free-ports.ts';
import { forked } from './forked.ts';
import type { HostileReport, StartedHostile } from './hostile-process.ts';
import type { StartedSandbox } from './sandbox-process.ts';
import type { Account, Opinion } from './second-opinion.ts';

export const HEALTHY = ['healthy-1', 'healthy-2', 'healthy-3'] as const;
const VICTIM = 'victim@contoso.example';
/** The interval and the timeout of the daemon's probes. */
export const INTERVAL_MS = 4000;
export const TIMEOUT_MS = 2000;

export interface World {
  readonly configFile: string;
  readonly port: number;
  readonly url: string;
  /** The URL of the sandbox's control API. */
  readonly control: string;
  readonly victim: string;
  readonly secrets: readonly string[];
  readonly hostile: () => Promise<HostileReport>;
  readonly opinion: () => Promise<Opinion>;
  readonly end: () => Promise<void>;
}

const fileOf = (name: string): string => join(import.meta.dirname, name);

export async function createWorld(directory: string, hostileServers: number): Promise<World> {
  const tenant = createTenant();
  const { application } = addApplication(tenant, { displayName: 'Chaos', graph: true });
  for (const id of HEALTHY) addMailbox(tenant, `${id}@contoso.example`, [application.appId]);
  addMailbox(tenant, VICTIM, [application.appId]);
  const secrets = application.secrets.map(({ value }) => value);
  const processes = {
    sandbox: forked(fileOf('sandbox-process.ts')),
    hostile: forked(fileOf('hostile-process.ts')),
    opinion: forked(fileOf('second-opinion.ts')),
  };
  const end = async (): Promise<void> =>
    void (await Promise.all(Object.values(processes).map(async (one) => await one.end())));
  try {
    const sandbox = await processes.sandbox.ask<StartedSandbox>(tenant);
    const hostile = await processes.hostile.ask<StartedHostile>(hostileServers);
    await processes.opinion.ask<Opinion>({
      tokenUrl: `${sandbox.authority}/${tenant.id}/oauth2/v2.0/token`,
      clientId: application.appId,
      secret: secrets[0] ?? '',
      ...sandbox.imap,
      address: `${HEALTHY[0]}@contoso.example`,
    } satisfies Account);
    const [port = 0] = await freePorts(1);
    const trusting = { ...sandbox, ca: `${sandbox.ca}\n${hostile.ca}` };
    const configFile = await configFor(trusting, directory, {
      listen: `127.0.0.1:${port}`,
      interval: `${INTERVAL_MS}ms`,
      timeout: `${TIMEOUT_MS}ms`,
    });
    await addHostileMailboxes(configFile, hostile);
    return {
      configFile,
      port,
      url: `http://127.0.0.1:${port}`,
      control: sandbox.control,
      victim: VICTIM,
      secrets,
      hostile: async () => await processes.hostile.ask<HostileReport>('report'),
      opinion: async () => await processes.opinion.ask<Opinion>('report'),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

async function addHostileMailboxes(configFile: string, { servers }: StartedHostile): Promise<void> {
  const config: { mailboxes: unknown[]; apps: readonly { readonly id: string }[] } = parse(
    await readFile(configFile, 'utf8'),
  );
  config.mailboxes.push(
    ...servers.map(({ protocol, host, port }, at) => ({
      id: `hostile-${at}`,
      address: `hostile-${at}@contoso.example`,
      app: config.apps[0]?.id,
      protocols: [protocol],
      [protocol]: { host, port, tls: 'implicit' },
    })),
  );
  await writeFile(configFile, stringify(config));
}
