/**
 * Detects whether data of the pages has changed. It compares the data of the source with the previous data, so that no
 * other part has to report changes. Called once a second while a page is open, and at each request for a page.
 */
import { randomUUID } from 'node:crypto';
import { ageNote } from '../resource/replica.ts';
import type { ReportSource } from '../source.ts';

export interface Revision {
  /** Changes with incidents, problems, credentials, maintenance and the configuration. */
  readonly state: string;
  /** Changes with every probe that ends. */
  readonly probes: string;
}

export function createRevision(source: ReportSource): () => Revision {
  /** Part of each revision. It distinguishes the revisions of this process from those of an earlier one. */
  const process = randomUUID().slice(0, 8);
  let [state, probes] = [0, 0];
  let knownState: readonly unknown[] = [];
  let knownTargets: readonly unknown[] = [];

  return () => {
    const { at, targets, problems } = source.snapshot();
    const now = [
      ...problems,
      ...source.incidents.all(),
      ...source.credentials(),
      ...source.maintenance.inForce(at).map(({ id }) => id),
      ageNote(source.replicas(), at),
      source.config().loadedAt,
      source.config().lastReloadSuccessful,
    ];
    if (!areSame(now, knownState)) state += 1;
    if (!areSame(targets, knownTargets)) probes += 1;
    knownState = now;
    knownTargets = targets;
    return { state: `${process}-${state}`, probes: `${process}-${probes}` };
  };
}

function areSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a === b || (a.length === b.length && a.every((one, at) => one === b[at]));
}
