/**
 * Puts a sandbox into one state after the other while daemons watch it, and records their verdicts. Each world is one
 * sandbox with a daemon that saw it healthy and, for each state, another one that never did. Time is vitest's: it jumps
 * between the states, so that tokens end and pauses are over.
 */
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Problem, TargetStatus } from '../../src/model/status.ts';
import type { Protocol } from '../../src/model/protocol.ts';
import type { Daemon } from '../../src/daemon.ts';
import type { CertificateAuthority, IssuedCertificate } from '../../src/sandbox/certificates.ts';
import type { DemoPlan } from '../../src/sandbox/plan.ts';
import type { Scenario } from '../../src/sandbox/scenario.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import {
  addApplication,
  addMailbox,
  createTenant,
  registerCertificate,
} from '../../src/sandbox/tenant-builder.ts';
import { checkJson, type CheckedProbe } from './check-run.ts';
import { probeNow } from './probe-now.ts';
import { untilStill } from './still.ts';
import { until } from './until.ts';
import { watchDaemon, type WatchingDaemon } from './watched-sandbox.ts';

export const SUBJECT = 'subject';
const MAILBOXES = [SUBJECT, 'sibling', 'stranger'] as const;
/** Longer than a token's lifetime, the memory of a refusal, and the time between two checks of a credential. */
const MOST_ATTEMPTS = 4;
const JUMP_MS = 15 * 60_000;
/** Longer than the hour within which a fault that returns is the same one, shorter than three intervals. */
const APART_MS = 75 * 60_000;
const TOKEN_SECONDS = 600;
/** Of the rounds in which no probe ends: longer than one takes on a busy machine. */
const ENOUGH_STILL = 5;

/** One daemon's verdict on one state. */
export interface Said {
  readonly scenario: Scenario;
  readonly history: 'worked' | 'never worked';
  readonly graph: boolean;
  /** By the probe that confirmed the first mailbox down, before its neighbors had their turn. */
  readonly first: Readonly<Record<Protocol, readonly Diagnosis[]>>;
  /** After every mailbox was probed twice. */
  readonly verdict: Readonly<Record<Protocol, readonly Diagnosis[]>>;
  /** What `check` says of the first mailbox: of all mailboxes at once, and of this one alone. */
  readonly checked: readonly CheckedProbe[];
  readonly opens: Readonly<Record<Protocol, boolean>>;
  readonly problems: readonly Problem[];
  /** Mailboxes that are confirmed down or unknown. */
  readonly hit: readonly string[];
  /** Problems that are still open, and mailboxes that are not up, after all was fixed. */
  readonly left: readonly string[];
}

export interface World {
  /** One after the other. */
  readonly scenarios: readonly Scenario[];
  readonly credential: 'secret' | 'certificate';
  /** The app may read its own registration. */
  readonly graph: boolean;
  /** Of a probe of the daemon and of `check`: short where hosts fall silent. */
  readonly timeout: string;
}

export interface Materials {
  readonly authority: CertificateAuthority;
  readonly certificate: IssuedCertificate;
}

/** All worlds step by step together, because they share one clock. Needs vitest's fake `Date`. */
export async function visit(worlds: readonly World[], materials: Materials): Promise<readonly Said[]> {
  const opened = await Promise.all(worlds.map(async (world) => await openWorld(world, materials)));
  const said: Said[] = [];
  try {
    await Promise.all(opened.map(async ({ old }) => await probeAll(old.daemon)));
    const rounds = Math.max(...worlds.map(({ scenarios }) => scenarios.length));
    for (let round = 0; round < rounds; round += 1) {
      const visits = opened.flatMap((world) => {
        const scenario = world.scenarios[round];
        return scenario === undefined ? [] : [{ ...world, scenario }];
      });
      await jump(APART_MS);
      for (const { sandbox, scenario, subject } of visits) {
        sandbox.change((tenant) => scenario.apply(tenant, subject));
      }
      vi.setSystemTime(Date.now() + JUMP_MS);
      const told = await Promise.all(visits.map(tell));
      for (const { sandbox } of visits) sandbox.reset();
      said.push(...(await fixAll(told.flat())));
    }
    return said;
  } finally {
    await Promise.all(opened.map(async (world) => await world.close()));
  }
}

/** A probe that is under way while the clock jumps looks as if the machine had slept meanwhile. */
async function jump(ms: number): Promise<void> {
  await untilStill();
  vi.setSystemTime(Date.now() + ms);
}

interface OpenWorld extends World {
  readonly sandbox: Sandbox;
  readonly subject: { readonly app: string; readonly mailbox: string };
  readonly old: WatchingDaemon;
  /** A daemon that knows nothing yet. */
  readonly start: () => Promise<WatchingDaemon>;
  readonly close: () => Promise<void>;
}

async function openWorld(world: World, { authority, certificate }: Materials): Promise<OpenWorld> {
  const tenant = createTenant();
  tenant.tokenLifetimeSeconds = TOKEN_SECONDS;
  const { application, secret } = addApplication(tenant, { displayName: 'Reader', graph: true });
  const other = addApplication(tenant, { displayName: 'Other' });
  registerCertificate(application, certificate.cert);
  const address = (id: string): string => `${id}@contoso.example`;
  for (const id of MAILBOXES) {
    addMailbox(tenant, address(id), [id === 'stranger' ? other.application.appId : application.appId]);
  }
  const sandbox = await createSandbox({ tenant, certificateAuthority: authority, failureDelayMs: 0 });
  const plan: DemoPlan = {
    apps: [
      {
        id: 'reader',
        appId: application.appId,
        graph: world.graph,
        credential:
          world.credential === 'secret'
            ? { kind: 'secret', value: secret.value }
            : { kind: 'certificate', certificate: certificate.cert, privateKey: certificate.key },
      },
      {
        id: 'other',
        appId: other.application.appId,
        credential: { kind: 'secret', value: other.secret.value },
      },
    ],
    watch: MAILBOXES.map((id) => ({ id, address: address(id), app: id === 'stranger' ? 'other' : 'reader' })),
  };
  // The probes are asked for; the schedule hardly comes to its first ones.
  const options = { plan, interval: '30m', timeout: world.timeout, credentialInterval: '10m' };
  const start = async (): Promise<WatchingDaemon> => await watchDaemon(sandbox, options);
  const old = await start();
  return {
    ...world,
    sandbox,
    subject: { app: application.appId, mailbox: address(SUBJECT) },
    old,
    start,
    close: async () => {
      await old.close();
      await sandbox.close();
    },
  };
}

type Telling = Pick<WatchingDaemon, 'daemon' | 'directory' | 'close'> & {
  readonly said: Omit<Said, 'left' | 'checked'>;
  readonly checked: Said['checked'];
};

async function tell({ scenario, graph, old, start }: OpenWorld & { scenario: Scenario }): Promise<Telling[]> {
  const fresh = await start();
  const note = async (
    { daemon, directory }: WatchingDaemon,
    history: Said['history'],
    close: () => Promise<void>,
  ): Promise<Omit<Telling, 'checked'>> => {
    if (history === 'never worked') await probeAll(daemon);
    await probeNow(daemon, SUBJECT);
    await neighborsAsked(daemon);
    await probeNow(daemon, SUBJECT);
    const first = verdictsOf(daemon);
    await probeAll(daemon);
    await probeAll(daemon);
    if (scenario.probes === 'succeed') await haveCredentialChecked(directory, () => isOpen(daemon, scenario));
    const { targets, problems } = daemon.snapshot();
    const hit = [...new Set(targets.filter(isHit).map(({ target }) => target.mailbox.id))].sort();
    const opens = byProtocol((protocol) => subjectOf(daemon, protocol)?.lastProbe?.success ?? false);
    const verdict = verdictsOf(daemon);
    const said = { scenario, graph, history, first, verdict, opens, problems, hit };
    return { said, daemon, directory, close };
  };
  const told = await Promise.all([
    note(old, 'worked', async () => await Promise.resolve()),
    note(fresh, 'never worked', fresh.close),
  ]);
  const all = (await Promise.all([checkJson(old.configFile), checkJson(old.configFile, SUBJECT)])).flat();
  const checked = all.filter(({ mailbox }) => mailbox === SUBJECT);
  return told.map(({ said, daemon, directory, close }) => ({ said, checked, daemon, directory, close }));
}

/** Probes again, with pauses between, until everything is up and nothing is open, or the attempts are used up. */
async function fixAll(told: readonly Telling[]): Promise<readonly Said[]> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const pending = told.filter(({ daemon }) => leftOf(daemon).length > 0);
    if (pending.length === 0) break;
    await jump(JUMP_MS);
    await Promise.all(
      pending.map(async ({ daemon, directory }) => {
        await probeAll(daemon);
        const isFixed = (): boolean => leftOf(daemon).length === 0;
        if (attempt > 0) await haveCredentialChecked(directory, isFixed);
      }),
    );
  }
  return await Promise.all(
    told.map(async ({ said, checked, daemon, close }) => {
      const left = leftOf(daemon);
      await close();
      return { ...said, checked, left };
    }),
  );
}

function leftOf(daemon: Daemon): readonly string[] {
  const { targets, problems } = daemon.snapshot();
  return [
    ...problems.filter(({ severity }) => severity !== 'info').map(({ id }) => id),
    ...targets.filter(isHit).map(({ target }) => `${target.mailbox.id} ${target.protocol}`),
  ];
}

/** Where nothing is left to be seen the wait ends without it: longer than the watch of the files takes to see a change. */
const CHECK_MS = 30_000;

/** Its turn would come within minutes; a credential file that was touched is checked within seconds. */
async function haveCredentialChecked(directory: string, isSeen: () => boolean): Promise<void> {
  if (isSeen()) return;
  for (const file of await readdir(directory)) {
    if (/^reader[.](?:secret|crt)$/.test(file)) await utimes(join(directory, file), new Date(), new Date());
  }
  const seen = (): true | undefined => isSeen() || undefined;
  await until('the check of the credential', seen, CHECK_MS).catch(() => false);
}

function isOpen(daemon: Daemon, { cause }: Scenario): boolean {
  return daemon.snapshot().problems.some((problem) => problem.cause === cause);
}

function isHit({ confirmed }: TargetStatus): boolean {
  return confirmed !== 'up';
}

function subjectOf(daemon: Daemon, protocol: Protocol): TargetStatus | undefined {
  return daemon
    .snapshot()
    .targets.find(({ target }) => target.mailbox.id === SUBJECT && target.protocol === protocol);
}

function verdictsOf(daemon: Daemon): Said['verdict'] {
  return byProtocol((protocol) => subjectOf(daemon, protocol)?.lastProbe?.diagnoses ?? []);
}

function byProtocol<T>(of: (protocol: Protocol) => T): Record<Protocol, T> {
  return { imap: of('imap'), pop3: of('pop3') };
}

async function probeAll(daemon: Daemon): Promise<void> {
  await Promise.all(MAILBOXES.map(async (id) => await probeNow(daemon, id)));
}

/** Resolves when the daemon's own corroborating probes seem to have ended, of this daemon alone: others go on. */
async function neighborsAsked(daemon: Daemon): Promise<void> {
  const total = (): number =>
    daemon.snapshot().targets.reduce((sum, { probesTotal }) => sum + probesTotal, 0);
  let before = -1;
  let still = 0;
  await until('the probes to end', () => {
    const now = total();
    still = now === before ? still + 1 : 0;
    before = now;
    return still === ENOUGH_STILL ? true : undefined;
  });
}
