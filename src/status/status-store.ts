/**
 * What do we know? Keeps, for each target, its last looks and its confirmed state, and what follows from all of
 * them together: how a look's neighbours fare, whether our own network is down, which problems are open. Pure: told
 * of looks by the engine, asked by `report/`; the time comes in as an argument (epoch milliseconds).
 */
import type { Context, OwnNetwork } from '../model/context.ts';
import type { CredentialStatus } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { isEndedByUs, isSuccess, type Evidence } from '../model/evidence.ts';
import type { AppTokenState, Look, Problem, StatusChange, TargetStatus } from '../model/status.ts';
import { isSameTarget, PROTOCOLS, targetKey, type App, type Target } from '../model/target.ts';
import { claimsAfterLook, claimsOf, findingsOf, OWN_NETWORK_DOWN } from './claims.ts';
import { createCandidateIndex } from './candidates.ts';
import { confirm, withdraw, type Confirmation } from './confirmation.ts';
import { corroborating, type FailedProbe, type Reach } from './corroboration.ts';
import { contextOf } from './look-context.ts';
import { isOurBug, outcomeOf } from './outcome.ts';
import { createOwnNetworkWatch, isSilent, signsOf, type HostSign } from './own-network.ts';
import { createPeerCounts, NOT_LOOKED_AT, type Mark } from './peers.ts';
import { createProblemIndex } from './problem-index.ts';
import { createShare } from './sharing.ts';
import {
  markAfter,
  newRecord,
  withConfirmation,
  withRemembered,
  type TargetRecord,
} from './target-record.ts';

export interface Recorded {
  readonly look: Look;
  /** The target's confirmed state changed. */
  readonly change?: StatusChange;
  /** Others that this look made unknown: it showed that our own network is down, so their silence proves nothing. */
  readonly alsoChanged: readonly StatusChange[];
  /** In how many milliseconds the target should be looked at again, out of turn. */
  readonly relookMs?: number;
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
}

export interface StatusParts {
  /** What is wrong with a target that our own network cuts off: as `diagnosis/` says it. */
  readonly diagnoseCutOff: (target: Target, now: number, prober?: string) => Diagnosis;
  /** The name of this replica, where one is configured. */
  readonly prober?: string;
}

export function createStatusStore({ diagnoseCutOff, prober }: StatusParts): StatusStore {
  let records = new Map<string, TargetRecord>();
  let mailboxesByApp = new Map<string, readonly string[]>();
  /** Made anew when something changed. */
  let statuses: readonly TargetStatus[] | undefined;
  let wasDown = false;
  const peers = createPeerCounts();
  const candidates = createCandidateIndex();
  const network = createOwnNetworkWatch();
  const problems = createProblemIndex();
  const share = createShare();

  function recordOf(target: Target): TargetRecord | undefined {
    const record = records.get(targetKey(target));
    return record !== undefined && isSameTarget(record.status.target, target) ? record : undefined;
  }

  function lastOutcomeOf(target: Target): Mark['outcome'] {
    return recordOf(target)?.mark.outcome ?? 'unknown';
  }

  function otherProtocolsOf(target: Target): readonly Target[] {
    return PROTOCOLS.filter((protocol) => protocol !== target.protocol).flatMap((protocol) => {
      const other = records.get(targetKey({ ...target, protocol }))?.status.target;
      return other?.app.id === target.app.id ? [other] : [];
    });
  }

  function put(key: string, record: TargetRecord): void {
    records.set(key, record);
    statuses = undefined;
  }

  function claim(
    key: string,
    { mailboxes, status: { target } }: TargetRecord,
    look: Look,
    after: Confirmation,
    now: number,
  ): void {
    const cutOff = (): readonly Diagnosis[] => share([diagnoseCutOff(target, now, prober)]);
    problems.claim(key, claimsAfterLook(problems.claimsOf(key), look, after, mailboxes, now, cutOff));
  }

  /** When our network turns out to be down, what silence alone made `down` becomes unknown. */
  function withdrawSilent(now: number, except?: Target): readonly StatusChange[] {
    const isDown = network.verdict(now) === 'down';
    const isNews = isDown && !wasDown;
    wasDown = isDown;
    if (!isNews) return [];
    const changes: StatusChange[] = [];
    for (const [key, record] of records) {
      const { target, lastLook: look, confirmed } = record.status;
      if (target === except || confirmed !== 'down' || look === undefined || !isSilent(look.evidence))
        continue;
      const confirmation = withdraw(record.confirmation, now);
      put(key, withConfirmation(record, confirmation));
      claim(key, record, look, confirmation, now);
      changes.push({ target, from: 'down', to: 'unknown', at: now, look });
    }
    return changes;
  }

  function mailboxesChangedOf(app: string): void {
    const source = sourceOf(app);
    const mailboxes = mailboxesByApp.get(app);
    const claims = mailboxes === undefined ? [] : problems.claimsOf(source);
    problems.claim(
      source,
      claims.map(({ diagnosis, since }) => ({ diagnosis, since, mailboxes: mailboxes ?? [] })),
    );
  }

  return {
    update(targets, now) {
      const before = records;
      const next = new Map(targets.map((target) => [targetKey(target), target]));
      for (const [key, { status, mark }] of before) {
        const same = next.get(key);
        if (same !== undefined && isSameTarget(status.target, same)) continue;
        peers.remove(status.target, mark);
        candidates.remove(status.target, mark.outcome);
        problems.claim(key, []);
        before.delete(key);
      }
      records = new Map();
      for (const target of targets) {
        const key = targetKey(target);
        const known = before.get(key);
        put(
          key,
          known === undefined ? newRecord(target, now) : { ...known, status: { ...known.status, target } },
        );
        if (known === undefined) peers.add(target, NOT_LOOKED_AT);
        candidates.add(target, known?.mark.outcome ?? NOT_LOOKED_AT.outcome);
      }

      const appsBefore = mailboxesByApp.keys();
      mailboxesByApp = mailboxesOf(Map.groupBy(targets, ({ app }) => app.id));
      for (const app of appsBefore) mailboxesChangedOf(app);
      network.forgetBefore(now);
      statuses = undefined;
    },

    record(target, evidence, diagnoses, now) {
      const look: Look = { evidence, success: isSuccess(evidence), diagnoses: share(diagnoses) };
      const before = recordOf(target);
      if (before === undefined || isEndedByUs(evidence)) return { look, alsoChanged: [] };

      for (const sign of signsOf(target, evidence)) network.observe(sign);
      const alsoChanged = withdrawSilent(now, before.status.target);

      const key = targetKey(target);
      const remembered = withRemembered(before, look);
      put(key, remembered);
      if (isOurBug(evidence)) return { look, alsoChanged };

      const outcome = outcomeOf(evidence, network.verdict(now));
      const after = confirm(before.confirmation, target, outcome, now);
      const mark = markAfter(before.mark, look, after);
      put(key, { ...withConfirmation(remembered, after), mark });
      peers.remove(target, before.mark);
      peers.add(target, mark);
      if (mark.outcome !== before.mark.outcome) {
        candidates.remove(target, before.mark.outcome);
        candidates.add(before.status.target, mark.outcome);
      }
      claim(key, before, look, after, now);

      const from = before.confirmation.confirmed;
      return {
        look,
        alsoChanged,
        ...(after.confirmed === from ? {} : { change: { target, from, to: after.confirmed, at: now, look } }),
        ...(after.relookMs === undefined ? {} : { relookMs: after.relookMs }),
      };
    },

    contextFor: (target, evidence, now, facts) => ({
      ...contextOf({ records, peers, network }, target, evidence, now),
      ...facts,
      ...(prober === undefined ? {} : { prober }),
    }),

    corroborating: (probes, reach) =>
      corroborating(probes, { otherProtocolsOf, outcomeOf: lastOutcomeOf, ...candidates }, reach),

    recordAppDiagnoses(app, diagnoses, now) {
      const source = sourceOf(app.id);
      const mailboxes = mailboxesByApp.get(app.id) ?? [];
      problems.claim(source, claimsOf(findingsOf(diagnoses), problems.claimsOf(source), mailboxes, now));
    },

    setControl(sign, now) {
      network.observe(sign);
      return withdrawSilent(now);
    },

    ownNetwork: (now) => network.verdict(now),
    get: (key) => records.get(key)?.status,
    targets: () => (statuses ??= Array.from(records.values(), ({ status }) => status)),
    problems(now) {
      const open = problems.problems();
      // Mailboxes stay unknown until they are looked at again, but a network that carries words is not down.
      return network.verdict(now) === 'ok' ? open.filter(({ cause }) => cause !== OWN_NETWORK_DOWN) : open;
    },
  };
}

/** Where an app's own claims stand in the index, among the keys of targets (which hold one space). */
function sourceOf(app: string): string {
  return `the app ${app}`;
}

function mailboxesOf(byApp: ReadonlyMap<string, readonly Target[]>): Map<string, readonly string[]> {
  return new Map(
    Array.from(byApp, ([app, own]) => [app, [...new Set(own.map(({ mailbox }) => mailbox.id))].sort()]),
  );
}
