/**
 * Keeps the findings about apps and about mailprobe itself. A finding about an app, such as one about its credential,
 * concerns all mailboxes of the app. Used by the status store.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import type { App, Target } from '../model/target.ts';
import { findingsOf, leadersOf } from './findings.ts';
import type { ProblemIndex } from './problem-index.ts';

export interface AppFindings {
  /** Replaces the mailboxes of all apps with those of `targets`. Each step of the iteration handles one app. */
  readonly update: (targets: readonly Target[]) => Iterable<void>;
  readonly record: (app: App, diagnoses: readonly Diagnosis[], now: number) => void;
  /** Replaces the findings about one part of mailprobe itself, such as its store. */
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
 * Returns the key of the app in the index of problems. The index also holds target keys. A target key contains one
 * space and this key contains two, so they never collide.
 */
function sourceOf(app: string): string {
  return `the app ${app}`;
}

function mailboxesOf(targets: readonly Target[]): readonly string[] {
  return [...new Set(targets.map(({ mailbox }) => mailbox.id))].sort();
}

function isSame(before: readonly string[] | undefined, after: readonly string[] | undefined): boolean {
  return before?.length === after?.length && (before ?? []).every((id, at) => id === after?.[at]);
}
