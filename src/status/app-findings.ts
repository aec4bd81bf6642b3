/**
 * The findings about an app itself, such as its credential, which concern all of its mailboxes; and those about the
 * prober itself. Used by the status store, next to the findings of targets.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import type { App, Target } from '../model/target.ts';
import { findingsOf, leadersOf } from './findings.ts';
import type { ProblemIndex } from './problem-index.ts';

export interface AppFindings {
  /** Replaces the mailboxes of each app with those of these targets. Each step handles one app. */
  readonly update: (targets: readonly Target[]) => Iterable<void>;
  /** Replaces the findings of the app. */
  readonly record: (app: App, diagnoses: readonly Diagnosis[], now: number) => void;
  /** Replaces the findings of one part of the prober itself. */
  readonly recordProber: (part: string, diagnoses: readonly Diagnosis[], now: number) => void;
}

export function createAppFindings(problems: Pick<ProblemIndex, 'update' | 'findingsOf'>): AppFindings {
  const mailboxesByApp = new Map<string, readonly string[]>();

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
    *update(targets) {
      const byApp = Map.groupBy(targets, ({ app }) => app.id);
      for (const app of new Set([...mailboxesByApp.keys(), ...byApp.keys()])) {
        yield;
        const before = mailboxesByApp.get(app);
        const own = byApp.get(app);
        const after = own && mailboxesOf(own);
        if (isSame(before, after)) continue;
        if (after === undefined) mailboxesByApp.delete(app);
        else mailboxesByApp.set(app, after);
        if (before !== undefined) updateMailboxesOf(app);
      }
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

/**
 * Returns the name of the app in the index, which also holds target keys. A target key has one space and this name has
 * two, so they never collide.
 */
function sourceOf(app: string): string {
  return `the app ${app}`;
}

/** Returns the ids of the mailboxes, sorted. */
function mailboxesOf(targets: readonly Target[]): readonly string[] {
  return [...new Set(targets.map(({ mailbox }) => mailbox.id))].sort();
}

function isSame(before: readonly string[] | undefined, after: readonly string[] | undefined): boolean {
  return before?.length === after?.length && (before ?? []).every((id, at) => id === after?.[at]);
}
