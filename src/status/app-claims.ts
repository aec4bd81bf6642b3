/**
 * What is wrong with an app itself, its credential for one, as claims on all of the app's mailboxes; and with the prober
 * itself. Used by the store
 * beside the claims of targets.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import type { App, Target } from '../model/target.ts';
import { claimsOf, findingsOf } from './claims.ts';
import type { ProblemIndex } from './problem-index.ts';

export interface AppClaims {
  /** The mailboxes of each app are from now on those of these targets. */
  readonly update: (targets: readonly Target[]) => void;
  /** In place of what was claimed before. */
  readonly record: (app: App, diagnoses: readonly Diagnosis[], now: number) => void;
  /** What is wrong with a part of the prober itself, in place of what was claimed of that part before. */
  readonly recordProber: (part: string, diagnoses: readonly Diagnosis[], now: number) => void;
}

export function createAppClaims(problems: Pick<ProblemIndex, 'claim' | 'claimsOf'>): AppClaims {
  let mailboxesByApp = new Map<string, readonly string[]>();

  const updateClaimsOf = (app: string): void => {
    const source = sourceOf(app);
    const mailboxes = mailboxesByApp.get(app);
    const claims = mailboxes === undefined ? [] : problems.claimsOf(source);
    problems.claim(
      source,
      claims.map(({ diagnosis, since }) => ({ diagnosis, since, mailboxes: mailboxes ?? [] })),
    );
  };

  return {
    update(targets) {
      const before = mailboxesByApp.keys();
      mailboxesByApp = mailboxesOf(Map.groupBy(targets, ({ app }) => app.id));
      for (const app of before) updateClaimsOf(app);
    },
    record(app, diagnoses, now) {
      const source = sourceOf(app.id);
      const mailboxes = mailboxesByApp.get(app.id) ?? [];
      problems.claim(
        source,
        claimsOf(findingsOf(diagnoses), problems.claimsOf(source), { mailboxes, since: now }),
      );
    },
    recordProber(part, diagnoses, now) {
      const source = `the prober's ${part}`;
      problems.claim(source, claimsOf(diagnoses, problems.claimsOf(source), { mailboxes: [], since: now }));
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
