/**
 * Which problems are open? Groups the findings of targets and apps by cause, scope and subject: forty mailboxes behind
 * one expired secret are one problem. A problem is open as long as one source reports it. Only groups that changed are
 * computed again.
 */
import { CONFIDENCES, SEVERITIES, type Diagnosis } from '../model/diagnosis.ts';
import type { FindingMemory } from '../model/memory.ts';
import type { Problem } from '../model/status.ts';

/** A current diagnosis from one source, a target or an app. */
export interface Finding extends Omit<FindingMemory, 'failure'> {
  /** Ids of the mailboxes that it affects. */
  readonly mailboxes: readonly string[];
  /** Absent if the finding comes from a healthy probe or from an app itself, so that no mailbox fails. */
  readonly failure?: string;
}

export interface ProblemIndex {
  /** Replaces the findings of the source. */
  readonly update: (source: string, findings: readonly Finding[]) => void;
  readonly findingsOf: (source: string) => readonly Finding[];
  /** Sorted by severity, then by age. */
  readonly problems: () => readonly Problem[];
  readonly problem: (id: string) => Problem | undefined;
  /** The sources that fail with this problem, without those that only warn of it. */
  readonly failingUnder: (id: string) => readonly string[];
  /** How many sources report it. */
  readonly sourceCount: (id: string) => number;
  /**
   * Problems that were open before this process started, with their start. Whichever source first reports one of them,
   * it keeps that start.
   */
  readonly expect: (since: ReadonlyMap<string, number>) => void;
  /** From now on, such a problem counts as new if it is reported. */
  readonly forgetExpected: () => void;
  /** Ids of the problems whose findings changed since the last call. */
  readonly takeTouched: () => ReadonlySet<string>;
}

interface Member {
  readonly finding: Finding;
  readonly severity: number;
  /** The diagnosis with the highest weight represents the problem: by confidence, then severity, then order. */
  readonly weight: number;
}

interface Group {
  /** By source. */
  readonly members: Map<string, Member>;
  /** Set if it was open before this process started. */
  readonly since?: number | undefined;
  mailboxes?: readonly string[];
  problem?: Problem | undefined;
}

export function problemId({ cause, scope, subject }: Diagnosis): string {
  return `${cause}:${scope}:${subject}`;
}

export function createProblemIndex(): ProblemIndex {
  const groups = new Map<string, Group>();
  const bySource = new Map<string, readonly Finding[]>();
  let open: readonly Problem[] | undefined = [];
  let touched = new Set<string>();
  const expected = new Map<string, number>();

  const problem = (id: string): Problem | undefined => {
    const group = groups.get(id);
    return group && (group.problem ??= problemOf(id, group));
  };

  const withdraw = (source: string, id: string): void => {
    touched.add(id);
    const group = groups.get(id);
    if (group === undefined) return;
    group.members.delete(source);
    delete group.mailboxes;
    delete group.problem;
    if (group.members.size === 0) groups.delete(id);
  };

  const join = (source: string, id: string, finding: Finding): void => {
    touched.add(id);
    const group = groups.get(id) ?? { members: new Map<string, Member>(), since: expected.get(id) };
    groups.set(id, group);
    expected.delete(id);
    // A repeated finding concerns the same mailboxes: their sorted list is reused.
    if (group.members.get(source)?.finding.mailboxes !== finding.mailboxes) delete group.mailboxes;
    group.members.set(source, memberOf(finding));
    delete group.problem;
  };

  return {
    update(source, findings) {
      const before = bySource.get(source) ?? [];
      if (before.length === 0 && findings.length === 0) return;
      const after = new Map(findings.map((finding) => [problemId(finding.diagnosis), finding]));
      for (const { diagnosis } of before) {
        const id = problemId(diagnosis);
        if (!after.has(id)) withdraw(source, id);
      }
      for (const [id, finding] of after) join(source, id, finding);
      if (after.size === 0) bySource.delete(source);
      else bySource.set(source, [...after.values()]);
      open = undefined;
    },
    findingsOf: (source) => bySource.get(source) ?? [],
    problems() {
      open ??= [...groups.keys()].flatMap((id) => problem(id) ?? []).sort(byUrgency);
      return open;
    },
    problem,
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
    takeTouched() {
      const taken = touched;
      touched = new Set();
      return taken;
    },
  };
}

function memberOf(finding: Finding): Member {
  const severity = SEVERITIES.indexOf(finding.diagnosis.severity);
  const sureness = CONFIDENCES.length - CONFIDENCES.indexOf(finding.diagnosis.confidence);
  return { finding, severity, weight: sureness * SEVERITIES.length + severity };
}

function problemOf(id: string, group: Group): Problem | undefined {
  let best: Member | undefined;
  let severest = 0;
  let since = group.since ?? Number.POSITIVE_INFINITY;
  for (const member of group.members.values()) {
    if (best === undefined || member.weight > best.weight) best = member;
    severest = Math.max(severest, member.severity);
    since = Math.min(since, member.finding.since);
  }
  if (best === undefined) return undefined;
  const { diagnosis } = best.finding;
  const affectedMailboxes = (group.mailboxes ??= mailboxesOf(group));
  return { ...diagnosis, id, severity: SEVERITIES[severest] ?? diagnosis.severity, since, affectedMailboxes };
}

function mailboxesOf({ members }: Group): readonly string[] {
  const ids = new Set<string>();
  for (const { finding } of members.values()) for (const id of finding.mailboxes) ids.add(id);
  return [...ids].sort();
}

function byUrgency(a: Problem, b: Problem): number {
  const severer = SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity);
  return severer || a.since - b.since || (a.id < b.id ? -1 : 1);
}
