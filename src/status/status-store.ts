/**
 * What do we know? Keeps, for each target, its last looks and its confirmed state, and what follows from all of
 * them together: how a look's neighbours fare, whether our own network is down, which problems are open. Pure: told
 * of looks by the engine, asked by `report/`; the time comes in as an argument (epoch milliseconds).
 */
import type { Context, OwnNetwork } from '../model/context.ts';
import type { CredentialStatus } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { isEndedByUs, isSuccess, type Evidence } from '../model/evidence.ts';
import { isStarved } from '../model/starved.ts';
import type {
  AppTokenState,
  ProbeResult,
  Problem,
  ProblemChange,
  StatusChange,
  TargetStatus,
} from '../model/status.ts';
import { targetKey, type App, type Target } from '../model/target.ts';
import { createAppClaims } from './app-claims.ts';
import { claimsAfterProbe, OWN_NETWORK_DOWN } from './claims.ts';
import { confirm, type Confirmation } from './confirmation.ts';
import { corroborating, type FailedProbe, type Reach } from './corroboration.ts';
import { incidentSourcesOf, type IncidentSources } from './incident-sources.ts';
import { comesAndGoes } from './intermittence.ts';
import { contextOf } from './probe-context.ts';
import { isOurBug, outcomeOf } from './outcome.ts';
import { createOwnNetworkWatch, signsOf, type HostSign, type OwnNetworkWatch } from './own-network.ts';
import { createProblemIndex } from './problem-index.ts';
import { createProblemNews } from './problem-news.ts';
import { createInterner, type Interner } from './sharing.ts';
import { markAfter, withConfirmation, withRemembered, type TargetRecord } from './target-record.ts';
import { createTargetTable, type TargetTable } from './target-table.ts';
import { createWithdrawal } from './withdrawal.ts';

export interface Recorded {
  readonly probe: ProbeResult;
  /** The target's confirmed state changed. */
  readonly change?: StatusChange;
  /** Others that this look made unknown: it showed that our own network is down, so their silence proves nothing. */
  readonly alsoChanged: readonly StatusChange[];
  /** In how many milliseconds the target should be looked at again, out of turn. */
  readonly reprobeMs?: number;
}

export interface AppFacts {
  readonly token?: AppTokenState;
  readonly credential?: CredentialStatus;
}

export interface StatusStore {
  /** From now on these targets. What is known of a target is kept if it still is the same mailbox at the same place. */
  readonly update: (targets: readonly Target[], now: number) => void;
  /** Ignores a look that we ended ourselves, and one at a target that is no longer configured so. */
  readonly record: (
    target: Target,
    evidence: Evidence,
    diagnoses: readonly Diagnosis[],
    now: number,
  ) => Recorded;
  /** For a look that is to be judged, whether it is recorded already or not. */
  readonly contextFor: (target: Target, evidence: Evidence, now: number, facts: AppFacts) => Context;
  /** Others that these probes leave in doubt: probed now, they show how far a failure reaches. Mostly none. */
  readonly corroborating: (probes: readonly FailedProbe[], reach: Reach) => readonly Target[];
  /** What is wrong with an app itself, its credential for one, in place of what was said before. */
  readonly recordAppDiagnoses: (app: App, diagnoses: readonly Diagnosis[], now: number) => void;
  /** The result of a control connection: no login, just whether a host speaks. */
  readonly setControl: (sign: HostSign, now: number) => readonly StatusChange[];
  readonly ownNetwork: (now: number) => OwnNetwork;
  readonly get: (key: string) => TargetStatus | undefined;
  /** In the order of the configuration. */
  readonly targets: () => readonly TargetStatus[];
  readonly problems: (now: number) => readonly Problem[];
  /** How targets fare, and which problems they are part of: for whoever keeps incidents. */
  readonly incidentSources: Omit<IncidentSources, 'newId'>;
  /** What opened, grew, shrank, changed and closed since this was last asked. */
  readonly takeNews: (now: number) => readonly ProblemChange[];
}

export interface StatusParts {
  /** What is wrong with a target that our own network cuts off: as `diagnosis/` says it. */
  readonly diagnoseCutOff: (target: Target, now: number, prober?: string) => Diagnosis;
  /** The name of this replica, where one is configured. */
  readonly prober?: string;
}

export function createStatusStore({ diagnoseCutOff, prober }: StatusParts): StatusStore {
  const table = createTargetTable();
  const network = createOwnNetworkWatch();
  const problems = createProblemIndex();
  const news = createProblemNews(problems);
  const appClaims = createAppClaims(problems);
  const share = createInterner();

  const claim = ({ status, ...record }: TargetRecord, after: Confirmation, now: number): void => {
    const { target, lastProbe: probe } = status;
    if (probe === undefined) return;
    const key = targetKey(target);
    const cutOff = (): readonly Diagnosis[] => share([diagnoseCutOff(target, now, prober)]);
    const claimant = { mailboxes: record.mailboxes, intermittent: comesAndGoes(status, after, now) };
    problems.claim(key, claimsAfterProbe(problems.claimsOf(key), probe, after, claimant, now, cutOff));
  };
  const withdrawSilent = createWithdrawal({ table, network, claim });
  const parts = { table, network, claim, withdrawSilent, share };

  /** Mailboxes stay unknown until they are probed again, but a network that a server answers over is not down. */
  const hidesAt = (now: number): ((problem: Problem) => boolean) => {
    const isUp = network.verdict(now) === 'ok';
    return ({ cause }) => isUp && cause === OWN_NETWORK_DOWN;
  };

  return {
    update(targets, now) {
      for (const key of table.update(targets, now)) problems.claim(key, []);
      appClaims.update(targets);
      network.forgetBefore(now);
    },
    record: (target, evidence, diagnoses, now) => record(parts, target, evidence, diagnoses, now),
    contextFor: (target, evidence, now, facts) => ({
      ...contextOf({ records: table, peers: table.peers, network }, target, evidence, now),
      ...facts,
      ...(prober === undefined ? {} : { prober }),
    }),
    corroborating: (probes, reach) => corroborating(probes, table.candidates, reach),
    recordAppDiagnoses: appClaims.record,
    setControl(sign, now) {
      network.observe(sign);
      return withdrawSilent(now);
    },
    ownNetwork: (now) => network.verdict(now),
    get: (key) => table.get(key)?.status,
    targets: table.statuses,
    problems(now) {
      const isHidden = hidesAt(now);
      const open = problems.problems();
      return open.some(isHidden) ? open.filter((problem) => !isHidden(problem)) : open;
    },
    incidentSources: incidentSourcesOf(table, problems),
    takeNews: (now) => news.take(now, hidesAt(now)),
  };
}

interface Parts {
  readonly table: TargetTable;
  readonly network: OwnNetworkWatch;
  readonly claim: (record: TargetRecord, after: Confirmation, now: number) => void;
  readonly withdrawSilent: (now: number, except: Target) => readonly StatusChange[];
  readonly share: Interner;
}

function record(
  { table, network, claim, withdrawSilent, share }: Parts,
  target: Target,
  evidence: Evidence,
  diagnoses: readonly Diagnosis[],
  now: number,
): Recorded {
  const probe: ProbeResult = { evidence, success: isSuccess(evidence), diagnoses: share(diagnoses) };
  const before = table.find(target);
  if (before === undefined || isEndedByUs(evidence)) return { probe, alsoChanged: [] };

  const starved = isStarved(evidence);
  if (!starved) for (const sign of signsOf(target, evidence)) network.observe(sign);
  const alsoChanged = withdrawSilent(now, before.status.target);

  const remembered = withRemembered(before, probe);
  if (isOurBug(evidence)) {
    table.put(remembered);
    return { probe, alsoChanged };
  }
  const outcome = outcomeOf(evidence, network.verdict(now));
  const after = confirm(before.confirmation, target, outcome, now);
  const recorded = {
    ...withConfirmation(remembered, after),
    mark: starved ? before.mark : markAfter(before.mark, probe, after),
  };
  table.put(recorded);
  claim(recorded, after, now);

  const from = before.confirmation.confirmed;
  return {
    probe,
    alsoChanged,
    ...(after.confirmed === from ? {} : { change: { target, from, to: after.confirmed, at: now, probe } }),
    ...(after.reprobeMs === undefined ? {} : { reprobeMs: after.reprobeMs }),
  };
}
