/**
 * The actions of a chaos run, one per round: faults through the sandbox's control API, reloads, stops, kills, clients.
 * Each action ends with healthy servers for the healthy mailboxes. Used by `run-chaos.ts`.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { MAIL_FAULTS } from '../../src/sandbox/fault.ts';
import type { DaemonProcess } from './daemon-process.ts';
import type { HostileClients } from './hostile-clients.ts';
import type { Random } from './random.ts';

export interface ChaosWorld {
  /** The URL of the sandbox's control API. */
  readonly control: string;
  readonly configFile: string;
  readonly port: number;
  readonly url: string;
  /** The address of the sandbox's mailbox that may get faults. */
  readonly victim: string;
  readonly random: Random;
  readonly daemon: DaemonProcess;
  readonly clients: HostileClients;
  /** How many connections are reset at the same time, in each round that resets connections. */
  readonly resets: number;
}

const FAULTS_OF_A_MAILBOX = MAIL_FAULTS.filter((kind) => kind !== 'healthy');
/** A token is valid for an hour, so these faults affect only renewals and Graph. */
const ENTRA_FAULTS = [
  'refuse',
  'hang',
  'reset',
  'plaintext',
  'silent',
  'throttled',
  'proxy-html',
  'empty',
] as const;
const GRAPH_FAULTS = ['refuse', 'reset', 'forbidden', 'throttled', 'nonsense', 'endless-pages'] as const;

const RELOADS = 20;
const CLIENTS = 100;
const PAUSE_MS = 3000;

export const ACTIONS: Readonly<Record<string, (world: ChaosWorld) => Promise<void>>> = {
  'faults of one mailbox': async (world) => {
    const kind = world.random.pick(FAULTS_OF_A_MAILBOX);
    const faults = { imap: { kind }, pop3: { kind: world.random.pick(FAULTS_OF_A_MAILBOX) } };
    await control(world, 'PATCH', `/mailboxes/${world.victim}`, { faults });
  },
  'faults of the token host and Graph': async (world) => {
    const entra = { kind: world.random.pick(ENTRA_FAULTS) };
    await control(world, 'PATCH', '/faults', { entra, graph: { kind: world.random.pick(GRAPH_FAULTS) } });
  },
  'a storm of reloads, good and bad': async ({ configFile, daemon, random }) => {
    const good = await readFile(configFile, 'utf8');
    for (let at = 0; at < RELOADS; at += 1) {
      await writeFile(configFile, random.pick([good, good, `${good}\nnonsense: true\n`, '[', '']));
      daemon.signal('SIGHUP');
    }
    await writeFile(configFile, good);
    daemon.signal('SIGHUP');
  },
  'hostile clients at the HTTP port': async ({ clients, port }) => {
    clients.attack(port, CLIENTS);
    await Promise.resolve();
  },
  'connections that are reset at once': async ({ clients, port, resets }) => {
    await clients.reset(port, resets);
  },
  'a stop of the process': async ({ daemon }) => {
    await daemon.pause(PAUSE_MS);
  },
  'a kill and a start': async (world) => {
    // After the restart, the daemon has no token and needs the token host.
    await control(world, 'POST', '/reset');
    await world.daemon.kill();
    await world.daemon.start();
  },
};

export async function control(
  { control: url }: Pick<ChaosWorld, 'control'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<void> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status !== 200)
    throw new Error(`The sandbox refused ${method} ${path}: ${text.slice(0, 200)}`);
}
