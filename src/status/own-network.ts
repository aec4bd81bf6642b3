/**
 * Decides whether this machine's network is down. It records for each token host and mail host whether the host last
 * answered or was silent. The network is down if at least one host of each kind was silent, and none answered. Updated
 * by every probe, and by the daemon's control connections, which do not log in.
 */
import type { OwnNetwork } from '../model/context.ts';
import { failedStages, stageOf, type Evidence, type Stage } from '../model/evidence.ts';
import type { FailureKind } from '../model/failure.ts';
import type { NetworkOptions, Target } from '../model/target.ts';

export interface HostSign {
  readonly role: 'token' | 'mail';
  /** The authority's URL, or the name of the mail host. The port is left out, so that both mail ports are one host. */
  readonly host: string;
  /** Whether the host answered. */
  readonly responds: boolean;
  /** The time of the answer. If the host was silent, the start of the wait. Epoch milliseconds. */
  readonly at: number;
  readonly until: number;
}

export interface OwnNetworkWatch {
  readonly observe: (sign: HostSign) => void;
  /**
   * Returns the state of the network. The cost depends on the number of different hosts. `also` holds further signs
   * that count, but are not recorded.
   */
  readonly verdict: (now: number, also?: readonly HostSign[]) => OwnNetwork;
  readonly forgetBefore: (now: number) => void;
}

const SILENT_KINDS: ReadonlySet<FailureKind | undefined> = new Set([
  'dns',
  'refused',
  'unreachable',
  'timeout',
]);
const CUT_KINDS: ReadonlySet<FailureKind | undefined> = new Set(['reset', 'closed']);
/**
 * A sign expires after this many intervals of its target, but at the latest after `LONGEST_VALID_MS`. Each probe renews
 * it.
 */
const ROUNDS = 1.5;
const LONGEST_VALID_MS = 15 * 60_000;

export function createOwnNetworkWatch(): OwnNetworkWatch {
  const latest = new Map<string, HostSign>();

  return {
    observe: (sign) => put(latest, sign),
    verdict(now, also = []) {
      const signs = also.length === 0 ? latest : new Map(latest);
      for (const sign of also) put(signs, sign);
      const silent = new Set<HostSign['role']>();
      for (const { role, responds, until } of signs.values()) {
        if (until < now) continue;
        if (responds) return 'ok';
        silent.add(role);
      }
      return silent.has('token') && silent.has('mail') ? 'down' : 'unknown';
    },
    forgetBefore(now) {
      for (const [key, { until }] of latest) if (until < now) latest.delete(key);
    },
  };
}

function put(signs: Map<string, HostSign>, sign: HostSign): void {
  const key = `${sign.role} ${sign.host}`;
  const before = signs.get(key);
  if (before === undefined || before.at <= sign.at) signs.set(key, sign);
}

/** Returns for each host of the probe whether the host answered. */
export function signsOf(target: Target, evidence: Evidence): readonly HostSign[] {
  const signs: HostSign[] = [];
  const add = (role: HostSign['role'], host: string, responds: boolean | undefined): void => {
    if (responds === undefined) return;
    const endedAt = evidence.startedAt + evidence.seconds * 1_000;
    // The time counts from the end of the probe, because silence is known only then. A probe can take longer than the
    // interval.
    const until = endedAt + Math.min(ROUNDS * target.intervalMs, LONGEST_VALID_MS);
    signs.push({ role, host, responds, at: responds ? endedAt : evidence.startedAt, until });
  };
  const { app, network } = target;
  add('token', app.authority, behind(app.network, tokenHostResponds(evidence), tokenHostAnswered(evidence)));
  add('mail', target.endpoint.host, behind(network, mailHostResponds(evidence), mailHostAnswered(evidence)));
  return signs;
}

/**
 * Returns whether the host answered. Undefined if that is not known. Behind a proxy, the silence may be that of the
 * proxy, so only an answer of the host itself shows anything about this machine's network.
 */
function behind(
  { proxy }: NetworkOptions,
  responds: boolean | undefined,
  answered: boolean,
): boolean | undefined {
  return proxy === undefined ? responds : answered || undefined;
}

/** Whether the mail connection failed before any server answered. */
export function isSilent(evidence: Evidence): boolean {
  return mailHostResponds(evidence) === false;
}

/**
 * Returns whether the token host answered. Undefined if the probe does not show it. A cached token does not show it,
 * but a failed renewal of a cached token might.
 */
function tokenHostResponds(evidence: Evidence): boolean | undefined {
  const stage = stageOf(evidence, 'token');
  if (stage === undefined || stage.outcome === 'skipped') return undefined;
  if (stage.outcome === 'ok') {
    const refreshKind = stage.facts.refreshFailure?.failure.kind;
    if (refreshKind !== undefined && SILENT_KINDS.has(refreshKind)) return false;
    return stage.facts.source === 'fetched' ? true : undefined;
  }
  if (stage.facts.source === 'cache' || isOurs(stage)) return undefined;
  const { stoppedAt } = stage.facts;
  if (!SILENT_KINDS.has(stage.failure?.kind)) return true;
  if (stoppedAt === undefined) return undefined;
  return stoppedAt === 'http' || (stoppedAt === 'tls' && stage.failure?.kind !== 'timeout');
}

/**
 * Whether the host itself answered, and not a proxy. That is so if the tunnel was open and the TLS handshake was not
 * cut off.
 */
function tokenHostAnswered(evidence: Evidence): boolean {
  const stage = stageOf(evidence, 'token');
  if (tokenHostResponds(evidence) !== true) return false;
  return stage?.outcome === 'ok' || !CUT_KINDS.has(stage?.failure?.kind) || stage?.facts.stoppedAt === 'http';
}

function mailHostAnswered(evidence: Evidence): boolean {
  const [tls, greeting] = [stageOf(evidence, 'tls'), stageOf(evidence, 'greeting')];
  return tls?.outcome === 'ok' || greeting?.outcome === 'ok' || tls?.failure?.kind === 'untrusted';
}

function mailHostResponds(evidence: Evidence): boolean | undefined {
  const tls = stageOf(evidence, 'tls');
  // If the connection is accepted and then silent, the host counts as silent, because a device in the network of this
  // machine might accept connections for all hosts.
  if (tls?.outcome === 'failed' && tls.failure?.kind === 'timeout') return false;
  const connect = stageOf(evidence, 'connect');
  if (connect?.outcome === 'ok' || connect?.facts.others?.some(({ accepts }) => accepts) === true)
    return true;
  const failed = failedStages(evidence).find(({ stage }) => stage === 'dns' || stage === 'connect');
  return failed !== undefined && SILENT_KINDS.has(failed.failure?.kind) ? false : undefined;
}

/**
 * Whether the failure says nothing about the token host, because it happened inside this process or a proxy refused.
 */
function isOurs({ failure }: Stage): boolean {
  return ['aborted', 'unexpected', 'credential', 'proxy'].includes(failure?.kind ?? '');
}
