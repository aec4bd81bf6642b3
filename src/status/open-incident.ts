/** An open incident, with internal facts that are not shown. Kept by `incident-table.ts`. */
import type { Incident } from '../model/incident.ts';
import type { Problem } from '../model/status.ts';

export interface OpenIncident {
  readonly incident: Incident;
  /** Ids of its open problems. Empty while it only waits for its targets to recover. */
  readonly problems: ReadonlySet<string>;
  /** Targets that failed because of it and were not confirmed up since: key → when their watch began. */
  readonly held: ReadonlyMap<string, number>;
  /** Targets that ceased to hold it at the last review, and why. */
  readonly left: ReadonlyMap<string, 'up' | 'gone'>;
  /** How many sources reported its problems at the last review. */
  readonly sourceCount: number;
  /** Set if it was open before this process started. */
  readonly restored?: Restored;
}

export interface Restored {
  readonly at: number;
  /** Whether one of its problems was found again since the restart. */
  readonly isFound: boolean;
}

/** Returns whether a problem is one of the prober itself. Such a problem is over as soon as it is no longer found. */
export function isAboutProber({ scope }: Pick<Problem, 'scope'>): boolean {
  return scope === 'prober';
}
