/**
 * Groups the findings of targets and apps into problems, by cause, scope and subject. Forty mailboxes behind one
 * expired secret, for example, are one problem. A problem is open as long as at least one source reports it. Only
 * groups that changed are computed again.
 */
import { SEVERITIES, type Diagnosis } from '../model/diagnosis.ts';
import type { Problem } from '../model/status.ts';
import type { Finding } from './finding.ts';
import { createProblemGroups, type ProblemGroups } from './problem-groups.ts';

export interface ProblemIndex extends Omit<ProblemGroups, 'join' | 'withdraw' | 'problems'> {
  /** Replaces the findings of the source. */
  readonly update: (source: string, findings: readonly Finding[]) => void;
  readonly findingsOf: (source: string) => readonly Finding[];
  /** Sorted by severity, then by age. */
  readonly problems: () => readonly Problem[];
  /** Ids of the problems whose findings changed since the last call. */
  readonly takeTouched: () => ReadonlySet<string>;
}

export function problemId({ cause, scope, subject }: Diagnosis): string {
  return `${cause}:${scope}:${subject}`;
}

export function createProblemIndex(): ProblemIndex {
  const groups = createProblemGroups();
  const bySource = new Map<string, readonly Finding[]>();
  let open: readonly Problem[] | undefined = [];
  let touched = new Set<string>();

  return {
    update(source, findings) {
      const before = bySource.get(source) ?? [];
      if (before.length === 0 && findings.length === 0) return;
      const after = new Map(findings.map((finding) => [problemId(finding.diagnosis), finding]));
      for (const id of before.map(({ diagnosis }) => problemId(diagnosis))) {
        touched.add(id);
        if (!after.has(id)) groups.withdraw(source, id);
      }
      for (const [id, finding] of after) {
        touched.add(id);
        groups.join(source, id, finding);
      }
      if (after.size === 0) bySource.delete(source);
      else bySource.set(source, [...after.values()]);
      open = undefined;
    },
    findingsOf: (source) => bySource.get(source) ?? [],
    problems() {
      open ??= groups.problems().toSorted(byUrgency);
      return open;
    },
    problem: groups.problem,
    failingUnder: groups.failingUnder,
    sourceCount: groups.sourceCount,
    expect: groups.expect,
    forgetExpected: groups.forgetExpected,
    takeTouched() {
      const taken = touched;
      touched = new Set();
      return taken;
    },
  };
}

function byUrgency(a: Problem, b: Problem): number {
  const severer = SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity);
  return severer || a.since - b.since || (a.id < b.id ? -1 : 1);
}
