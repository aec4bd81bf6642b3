/**
 * Counts the results of other targets: by app and protocol, by tenant and by mail endpoint. The counts are updated at
 * each probe, so reading them takes the same time for ten thousand mailboxes. `Peers` explains which results count as
 * unknown.
 */
import type { Peers } from '../model/context.ts';
import { PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import { endpointName, type Target } from '../model/target.ts';
import { createLastSeen, type LastSeen } from './last-seen.ts';

/** What one target adds to the counts. */
export interface Mark {
  readonly outcome: 'unknown' | 'succeeded' | 'failed';
  /** The `failureSignature` of a failed probe. Empty for any other outcome. */
  readonly signature: string;
  readonly everSucceeded: boolean;
  /**
   * After a success, the start of that probe. After a failure, the start of the first failure since the last success.
   * Absent if the target never succeeded. Epoch milliseconds.
   */
  readonly turnedAt?: number;
}

export const NOT_PROBED: Mark = { outcome: 'unknown', signature: '', everSucceeded: false };

/**
 * When the diagnosed target last worked, and when it then began to fail. If it never worked, the same of the other
 * mailboxes of its app. Epoch milliseconds.
 */
export interface Loss {
  readonly workedAt: number;
  readonly failingSince: number;
}

/** What a diagnosis asks about the other targets: their results since `loss`, and how many fail with `signature`. */
export interface Question {
  readonly signature: string;
  readonly loss?: Loss | undefined;
}

export interface PeerCounts {
  readonly add: (target: Target, mark: Mark) => void;
  readonly remove: (target: Target, mark: Mark) => void;
  /** Removes the mark `before` and adds the mark `after`. */
  readonly replace: (target: Target, before: Mark, after: Mark) => void;
  /**
   * Returns the counts of the other mailboxes of the app over `protocol`. `own` is the mark of the target's own mailbox
   * over that protocol. It is left out of the counts.
   */
  readonly siblings: (target: Target, protocol: Protocol, question: Question, own: Mark | undefined) => Peers;
  /** Whether another mailbox of the app succeeded after `at`, over the protocol of the target. */
  readonly hasWorkedAfter: (target: Target, at: number) => boolean;
  /**
   * Returns the latest loss of other mailboxes of the app, for a target that never worked. A loss does not count if
   * another mailbox has succeeded over its protocol since then, or since the target itself was confirmed down: in both
   * cases, others worked while the target failed.
   */
  readonly lossInApp: (target: Target, downSince: number | undefined) => Loss | undefined;
  readonly ofOtherAppsInTenant: (target: Target, question: Question) => Peers;
  readonly ofOtherAppsAtEndpoint: (target: Target, question: Question) => Peers;
}

interface Failures {
  count: number;
  readonly lostAt: LastSeen;
}

interface Counts {
  readonly succeeded: number;
  readonly unknown: number;
  readonly everSucceeded: number;
  readonly bySignature: ReadonlyMap<string, { readonly count: number }>;
}

interface Tally extends Counts {
  succeeded: number;
  unknown: number;
  everSucceeded: number;
  readonly workedAt: LastSeen;
  readonly bySignature: Map<string, Failures>;
}

const NO_FAILURES: Counts['bySignature'] = new Map();
const NEVER = Number.NEGATIVE_INFINITY;

const ofApp = (target: Target, protocol: Protocol): string => `app ${target.app.id} ${protocol}`;
const ofTenant = (target: Target): string => `tenant ${target.app.tenant.toLowerCase()}`;
const atEndpoint = (target: Target): string => `endpoint ${endpointName(target.endpoint)}`;
const ofAppAtEndpoint = (target: Target): string => `${target.app.id} ${atEndpoint(target)}`;

export function createPeerCounts(): PeerCounts {
  const tallies = new Map<string, Tally>();

  const change = (target: Target, mark: Mark, by: 1 | -1): void => {
    for (const [key, who] of membershipsOf(target)) {
      const tally = tallies.get(key) ?? emptyTally();
      count(tally, mark, who, by);
      if (isEmpty(tally)) tallies.delete(key);
      else tallies.set(key, tally);
    }
  };

  return {
    add: (target, mark) => change(target, mark, 1),
    remove: (target, mark) => change(target, mark, -1),
    replace(target, before, after) {
      if (isStillSuccess(before, after)) {
        for (const [key, who] of membershipsOf(target)) tallies.get(key)?.workedAt.note(who, after.turnedAt);
        return;
      }
      change(target, before, -1);
      change(target, after, 1);
    },
    siblings: (target, protocol, question, own) =>
      read(tallies.get(ofApp(target, protocol)), [own && countsOf(own)], target.mailbox.id, question),
    hasWorkedAfter: (target, at) =>
      (tallies.get(ofApp(target, target.protocol))?.workedAt.latestBut(target.mailbox.id) ?? NEVER) > at,
    lossInApp(target, downSince = Number.POSITIVE_INFINITY) {
      let latest: Loss | undefined;
      for (const protocol of PROTOCOL_IDS) {
        const tally = tallies.get(ofApp(target, protocol));
        if (tally === undefined) continue;
        const workedAt = tally.workedAt.latestBut(target.mailbox.id);
        const failingSince = Math.min(latestLoss(tally, target.mailbox.id), downSince);
        const isLater = failingSince > (latest?.failingSince ?? NEVER);
        if (isLater && workedAt <= failingSince) latest = { workedAt, failingSince };
      }
      return latest;
    },
    ofOtherAppsInTenant: (target, question) => {
      const own = PROTOCOL_IDS.map((protocol) => tallies.get(ofApp(target, protocol)));
      return read(tallies.get(ofTenant(target)), own, target.app.id, question);
    },
    ofOtherAppsAtEndpoint: (target, question) =>
      read(tallies.get(atEndpoint(target)), [tallies.get(ofAppAtEndpoint(target))], target.app.id, question),
  };
}

/**
 * Returns the keys of the groups to which a target belongs. In each group, the target counts for the member `who`,
 * which is its mailbox or its app.
 */
function membershipsOf(target: Target): readonly (readonly [key: string, who: string])[] {
  const { protocol, app, mailbox } = target;
  return [
    [ofApp(target, protocol), mailbox.id],
    [ofTenant(target), app.id],
    [atEndpoint(target), app.id],
    [ofAppAtEndpoint(target), mailbox.id],
  ];
}

/** Whether both outcomes are successes, so that only the time is new. */
function isStillSuccess(before: Mark, after: Mark): boolean {
  return (
    before.outcome === 'succeeded' &&
    after.outcome === 'succeeded' &&
    (before.turnedAt ?? 0) <= (after.turnedAt ?? 0)
  );
}

function countsOf({ outcome, signature, everSucceeded }: Mark): Counts {
  return {
    succeeded: outcome === 'succeeded' ? 1 : 0,
    unknown: outcome === 'unknown' ? 1 : 0,
    everSucceeded: everSucceeded ? 1 : 0,
    bySignature: outcome === 'failed' ? new Map([[signature, { count: 1 }]]) : NO_FAILURES,
  };
}

function emptyTally(): Tally {
  return { succeeded: 0, unknown: 0, everSucceeded: 0, workedAt: createLastSeen(), bySignature: new Map() };
}

function isEmpty({ succeeded, unknown, bySignature }: Tally): boolean {
  return succeeded + unknown + bySignature.size === 0;
}

function count(tally: Tally, mark: Mark, who: string, by: 1 | -1): void {
  if (mark.everSucceeded) tally.everSucceeded += by;
  if (mark.outcome !== 'failed') {
    tally[mark.outcome] += by;
    if (by > 0) tally.workedAt.note(who, mark.turnedAt);
    return;
  }
  const alike = tally.bySignature.get(mark.signature) ?? { count: 0, lostAt: createLastSeen() };
  alike.count += by;
  if (by > 0) alike.lostAt.note(who, mark.turnedAt);
  if (alike.count === 0) tally.bySignature.delete(mark.signature);
  else tally.bySignature.set(mark.signature, alike);
}

/** Returns when the last of the members that worked before and fail now began to fail. Leaves out `self`. */
function latestLoss({ bySignature }: Tally, self: string): number {
  let latest = NEVER;
  for (const { lostAt } of bySignature.values()) latest = Math.max(latest, lostAt.latestBut(self));
  return latest;
}

/**
 * Returns the counts of a tally without the member `self`, by subtracting `others`, which holds the counts of that
 * member.
 */
function read(
  tally: Tally | undefined,
  others: readonly (Counts | undefined)[],
  self: string,
  { signature, loss }: Question,
): Peers {
  if (tally === undefined) return { succeeded: 0, failed: 0, unknown: 0, everSucceeded: 0, failedAlike: 0 };
  const net = (of: (counts: Counts) => number): number =>
    others.reduce((sum, other) => sum - (other === undefined ? 0 : of(other)), of(tally));
  let succeeded = net((of) => of.succeeded);
  let unknown = net((of) => of.unknown);
  let failed = 0;
  let failedAlike = 0;
  if (loss !== undefined && tally.workedAt.latestBut(self) <= loss.failingSince) {
    unknown += succeeded;
    succeeded = 0;
  }
  for (const [of, { lostAt }] of tally.bySignature) {
    const these = net(({ bySignature }) => bySignature.get(of)?.count ?? 0);
    if (loss !== undefined && lostAt.latestBut(self) <= loss.workedAt) {
      unknown += these;
      continue;
    }
    failed += these;
    if (of === signature) failedAlike = these;
  }
  return { succeeded, failed, unknown, everSucceeded: net((of) => of.everSucceeded), failedAlike };
}
