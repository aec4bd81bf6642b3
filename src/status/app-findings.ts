/**
 * The findings of an app itself, such as its credential, which concern all of its mailboxes; and those of the prober
 * itself. The status store uses it beside the findings of targets.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import type { App, Target } from '../model/target.ts';
import { findingsOf, leadersOf } from './findings.ts';
import type { ProblemIndex } from './problem-index.ts';

export interface AppFindings {
  /** Replaces the mailboxes of each app by those of these targets. */
  readonly update: (targets: readonly Target[]) => void;
  /** Replaces the findings of the app. */
  readonly record: (app: App, diagnoses: readonly Diagnosis[], now: number) => void;
  /** Replaces the findings of one part of the prober itself. */
  readonly recordProber: (part: string, diagnoses: readonly Diagnosis[], now: number) => void;
}

export function createAppFindings(problems: Pick<ProblemIndex, 'update' | 'findingsOf'>): AppFindings {
  let mailboxesByApp = new Map<string, readonly string[]>();

  const updateMailboxesOf = (app: string): void => {
    const source = sourceOf(app);
    const mailboxes = mailboxesByApp.get(app);
    const findings = mailboxes === undefined ? [] : problems.findingsOf(source);
    problems.update(
      source,
      findings.map(({ diagnosis, since }) => ({ diagnosis, since, mailboxes: mailboxes ?? [] })),
    );
  };

  return {
    update(targets) {
      const before = mailboxesByApp.keys();
      mailboxesByApp = mailboxesOf(Map.groupBy(targets, ({ app }) => app.id));
      for (const app of before) updateMailboxesOf(app);
    },
    record(app, diagnoses, now) {
      const source = sourceOf(app.id);
      const mailboxes = mailboxesByApp.get(app.id) ?? [];
      problems.update(
        source,
        findingsOf(leadersOf(diagnoses), problems.findingsOf(source), { mailboxes, since: now }),
      );
    },
    recordProber(part, diagnoses, now) {
      const source = `the prober's ${part}`;
      problems.update(
        source,
        findingsOf(diagnoses, problems.findingsOf(source), { mailboxes: [], since: now }),
      );
    },
  };
}

/** Among the keys of targets, which hold one space. */
function sourceOf(app: string): string {
  return `the app ${app}`;
}

function mailboxesOf(byApp: ReadonlyMap<string, readonly Target[]>): Map<string, readonly string[]> {
  return new Map(
    Array.from(byApp, ([app, own]) => [app, [...new Set(own.map(({ mailbox }) => mailbox.id))].sort()]),
  );
}
