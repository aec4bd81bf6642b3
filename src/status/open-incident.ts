/** An open incident with internal facts, which are not shown. */
import type { Incident } from '../model/incident.ts';
import type { Problem } from '../model/status.ts';

export interface OpenIncident {
  readonly incident: Incident;
  /** Ids of the open problems of the incident. Empty if the incident only waits for its targets to recover. */
  readonly problems: ReadonlySet<string>;
  /**
   * The targets that failed because of the incident and were not confirmed up since. Key: the target's key. Value: when
   * mailprobe began to watch the target.
   */
  readonly held: ReadonlyMap<string, number>;
  /**
   * The targets that no longer hold the incident since the last review. Key: the target's key. Value: why it no longer
   * holds the incident.
   */
  readonly left: ReadonlyMap<string, 'up' | 'gone'>;
  /** How many sources reported the problems of the incident at the last review. */
  readonly sourceCount: number;
  /** Present if the incident was open before this process started. */
  readonly restored?: Restored;
}

export interface Restored {
  readonly at: number;
  /** True if one of the incident's problems was found again since the restart. */
  readonly isFound: boolean;
}

/** Whether the problem concerns mailprobe itself. Such a problem is over as soon as it is no longer found. */
export function isAboutProber({ scope }: Pick<Problem, 'scope'>): boolean {
  return scope === 'prober';
}

/** How long mailprobe waits after a restart, so that everything that was found before is checked again. */
const GRACE_MS = 15 * 60_000;

export function isSoonAfter(start: number, now: number): boolean {
  return Math.abs(now - start) < GRACE_MS;
}
