/**
 * The chaos run: one daemon watches healthy mailboxes on a sandbox and many hostile servers. Faults, reloads, stops,
 * kills and hostile HTTP clients come at random. Called by `bench/chaos.ts`, and in a short form by the tests.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_IDS, type Protocol } from '../../src/model/protocol.ts';
import { until } from '../../test/support/until.ts';
import { ACTIONS, type ChaosWorld, control } from './actions.ts';
import { createWorld, HEALTHY } from './chaos-world.ts';
import { createDaemonProcess, type DaemonProcess } from './daemon-process.ts';
import { type FalseAlarm, judgeAlarms } from './false-alarms.ts';
import { createHostileClients } from './hostile-clients.ts';
import type { CpuWait, Liveness } from './liveness.ts';
import { createRandom } from './random.ts';
import type { Opinion } from './second-opinion.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** The number of hostile mail servers. Each has one mailbox. */
  readonly hostile: number;
  readonly rounds: number;
  /** How many connections a client resets at the same time. */
  readonly resets: number;
  readonly onRound?: (text: string) => void;
}

export interface ChaosReport {
  readonly seed: number;
  /** How often each action was tried. */
  readonly actions: Readonly<Record<string, number>>;
  readonly hostileConnections: number;
  readonly hostileClients: number;
  readonly tokensSentToHostileServers: number;
  readonly liveness: Omit<Liveness, 'waits'>;
  readonly mostRssMib: number;
  /** Reports that a healthy mailbox is down. */
  readonly falseAlarms: readonly FalseAlarm[];
  /** Logins of another client to a healthy mailbox. */
  readonly secondOpinion: Omit<Opinion, 'notable'>;
  /** The number of reports that a hostile mailbox is down. */
  readonly trueAlarms: number;
  /** Hostile mailboxes that were reported up. */
  readonly falselyUp: readonly string[];
  /** Outputs that hold a secret or a token. */
  readonly leaks: readonly string[];
  readonly bugs: readonly string[];
  readonly end: { readonly ms: number; readonly code: unknown };
}

/** How long the next probes of the healthy mailboxes may take on a busy machine. */
const PATIENCE_MS = 120_000;
const OUTPUTS = [
  '/',
  '/metrics',
  '/health',
  '/api/v1/mailboxes',
  '/api/v1/problems',
  '/api/v1/credentials',
  '/api/v1/incidents',
];

interface MailboxView {
  readonly id: string;
  readonly protocols: Readonly<
    Partial<
      Record<
        Protocol,
        { readonly up: boolean | null; readonly success: boolean | null; readonly last_run: string | null }
      >
    >
  >;
}

export async function runChaos({
  seed,
  hostile,
  rounds,
  resets,
  onRound,
}: ChaosOptions): Promise<ChaosReport> {
  const random = createRandom(seed);
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-chaos-'));
  const world = await createWorld(directory, hostile);
  const clients = createHostileClients(random);
  const daemon = createDaemonProcess(world.configFile, world.url);
  const chaos: ChaosWorld = { ...world, random, daemon, clients, resets };
  const tried: Record<string, number> = {};
  const leaks = new Set<string>();
  const search = async (where: string, text: string): Promise<void> => {
    const { tokens } = await world.hostile();
    if ([...world.secrets, ...tokens].some((canary) => text.includes(canary))) leaks.add(where);
  };
  try {
    await daemon.start();
    await healthyAreUp(world.url);
    for (let round = 1; round <= rounds; round += 1) {
      // Each action comes once before any action comes again.
      const name = Object.keys(ACTIONS)[(round - 1) % Object.keys(ACTIONS).length] ?? '';
      tried[name] = (tried[name] ?? 0) + 1;
      onRound?.(`round ${round}: ${name}`);
      await ACTIONS[name]?.(chaos);
      await healthyAreUp(world.url);
      for (const path of OUTPUTS) await search(path, await textOf(`${world.url}${path}`));
    }
    clients.hangUp();
    await control(world, 'POST', '/reset');
    const falselyUp = await hostileThatAreUp(world.url);
    const mostRssMib = await daemon.mostRssMib();
    const end = await daemon.end();
    await search('standard output', daemon.output());
    for (const file of await readdir(directory)) {
      if (/\.db/.test(file)) await search(file, await readFile(join(directory, file), 'latin1'));
    }
    const { connections, tokens } = await world.hostile();
    const { notable, ...secondOpinion } = await world.opinion();
    const { waits, ...liveness } = await daemon.liveness();
    return {
      seed,
      actions: tried,
      hostileConnections: connections,
      hostileClients: clients.connections(),
      tokensSentToHostileServers: tokens.length,
      liveness,
      mostRssMib,
      ...readLog(daemon, { ...secondOpinion, notable }, waits),
      secondOpinion,
      falselyUp,
      leaks: [...leaks],
      end,
    };
  } finally {
    clients.hangUp();
    await daemon.kill();
    await world.end();
    await rm(directory, { recursive: true, force: true });
  }
}

async function textOf(url: string): Promise<string> {
  return await fetch(url).then(
    async (response) => await response.text(),
    () => '',
  );
}

async function mailboxes(url: string): Promise<readonly MailboxView[]> {
  const text = await textOf(`${url}/api/v1/mailboxes?limit=1000`);
  const list: { readonly mailboxes?: readonly MailboxView[] } = text === '' ? {} : JSON.parse(text);
  return list.mailboxes ?? [];
}

/** Waits until every healthy mailbox has been probed again and is up. */
async function healthyAreUp(url: string): Promise<void> {
  const since = Date.now();
  await until(
    'the healthy mailboxes to be probed anew and up',
    async () => {
      const all = await mailboxes(url);
      const healthy = all.filter(({ id }) => HEALTHY.some((name) => name === id));
      const legs = healthy.flatMap(({ protocols }) => Object.values(protocols));
      return (
        (legs.length === HEALTHY.length * PROTOCOL_IDS.length &&
          legs.every(
            ({ up, success, last_run }) =>
              up === true && success === true && Date.parse(last_run ?? '') > since,
          )) ||
        undefined
      );
    },
    PATIENCE_MS,
  );
}

async function hostileThatAreUp(url: string): Promise<readonly string[]> {
  const all = await mailboxes(url);
  return all
    .filter(
      ({ id, protocols }) =>
        id.startsWith('hostile-') && Object.values(protocols).some(({ up }) => up === true),
    )
    .map(({ id }) => id);
}

/** Returns the faults of the daemon that its log shows. */
function readLog(
  daemon: DaemonProcess,
  opinion: Opinion,
  waits: readonly CpuWait[],
): Pick<ChaosReport, 'falseAlarms' | 'trueAlarms' | 'bugs'> {
  const lines = daemon.output().split('\n');
  const isOf = (line: string, event: string): boolean => line.includes(`"event":"${event}"`);
  const downOf = (name: string): readonly string[] =>
    lines.filter((line) => line.includes('"to":"down"') && line.includes(`"mailbox":"${name}-`));
  return {
    falseAlarms: judgeAlarms(downOf('healthy'), opinion, waits),
    trueAlarms: downOf('hostile').length,
    bugs: lines.filter((line) => isOf(line, 'bug') || isOf(line, 'http_error')),
  };
}
