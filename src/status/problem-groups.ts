/**
 * Groups the findings of all sources (targets, apps, parts of mailprobe) into problems. A problem is computed when it
 * is read, and cached until one of its findings changes. Part of `problem-index.ts`.
 */
import { CONFIDENCES, SEVERITIES } from '../model/diagnosis.ts';
import type { Problem } from '../model/status.ts';
import { type AffectedIds, createAffectedIds } from './affected-ids.ts';
import type { Finding } from './finding.ts';

export interface ProblemGroups {
  readonly join: (source: string, id: string, finding: Finding) => void;
  readonly withdraw: (source: string, id: string) => void;
  readonly problems: () => readonly Problem[];
  readonly problem: (id: string) => Problem | undefined;
  /** Returns the sources that fail with this problem, without sources that only warn of it. */
  readonly failingUnder: (id: string) => readonly string[];
  /** Returns how many sources report the problem. */
  readonly sourceCount: (id: string) => number;
  /**
   * Takes the problems that were open before this process started, each with its start. Such a problem keeps this
   * start, whichever source reports it first.
   */
  readonly expect: (since: ReadonlyMap<string, number>) => void;
  /** Forgets the problems that `expect` took. If one of them is reported later, it counts as new. */
  readonly forgetExpected: () => void;
}

interface Member {
  readonly finding: Finding;
  readonly severity: number;
  /**
   * Orders the diagnoses by confidence, then by severity. The diagnosis with the highest weight represents the problem.
   */
  readonly weight: number;
  /** A copy, because reading twenty thousand findings takes milliseconds: each is somewhere else in memory. */
  readonly since: number;
}

interface Group {
  /** By source. */
  readonly members: Map<string, Member>;
  readonly mailboxes: AffectedIds;
  /** When the problem began. Only present if the problem was open before this process started. */
  readonly since?: number | undefined;
  problem?: Problem | undefined;
}

export function createProblemGroups(): ProblemGroups {
  const groups = new Map<string, Group>();
  const expected = new Map<string, number>();

  const problem = (id: string): Problem | undefined => {
    const group = groups.get(id);
    return group && (group.problem ??= problemOf(id, group));
  };

  return {
    join(source, id, finding) {
      const group = groups.get(id) ?? {
        members: new Map<string, Member>(),
        mailboxes: createAffectedIds(),
        since: expected.get(id),
      };
      groups.set(id, group);
      expected.delete(id);
      const before = group.members.get(source)?.finding.mailboxes;
      // A finding that is repeated usually concerns the same mailboxes.
      if (before !== finding.mailboxes) {
        group.mailboxes.add(finding.mailboxes);
        group.mailboxes.remove(before ?? []);
      }
      group.members.set(source, memberOf(finding));
      delete group.problem;
    },
    withdraw(source, id) {
      const group = groups.get(id);
      const member = group?.members.get(source);
      if (group === undefined || member === undefined) return;
      group.members.delete(source);
      group.mailboxes.remove(member.finding.mailboxes);
      delete group.problem;
      if (group.members.size === 0) groups.delete(id);
    },
    problem,
    problems: () => [...groups.keys()].flatMap((id) => problem(id) ?? []),
    failingUnder(id) {
      const failing: string[] = [];
      for (const [source, { finding }] of groups.get(id)?.members ?? [])
        if (finding.failure !== undefined) failing.push(source);
      return failing;
    },
    sourceCount: (id) => groups.get(id)?.members.size ?? 0,
    expect(since) {
      for (const [id, at] of since) expected.set(id, at);
    },
    forgetExpected: () => expected.clear(),
  };
}

function memberOf(finding: Finding): Member {
  const severity = SEVERITIES.indexOf(finding.diagnosis.severity);
  const sureness = CONFIDENCES.length - CONFIDENCES.indexOf(finding.diagnosis.confidence);
  return { finding, severity, weight: sureness * SEVERITIES.length + severity, since: finding.since };
}

function problemOf(id: string, group: Group): Problem | undefined {
  let best: Member | undefined;
  let severest = 0;
  let since = group.since ?? Number.POSITIVE_INFINITY;
  for (const member of group.members.values()) {
    if (best === undefined || member.weight > best.weight) best = member;
    severest = Math.max(severest, member.severity);
    since = Math.min(since, member.since);
  }
  if (best === undefined) return undefined;
  const { diagnosis } = best.finding;
  const affectedMailboxes = group.mailboxes.sorted();
  return { ...diagnosis, id, severity: SEVERITIES[severest] ?? diagnosis.severity, since, affectedMailboxes };
}
