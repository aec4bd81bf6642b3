/**
 * Publishes changes of the problems and incidents of all replicas. It compares them with those last published, so an
 * app that moves to another replica causes no event. If replicas do not share a store, this is not used: each change is
 * published directly. Made by `all-replicas.ts`.
 */
import type { Incident } from './model/incident.ts';
import type { Problem } from './model/status.ts';
import type { Events } from './report/events.ts';
import { changeKind } from './status/incident-record.ts';

export type AllNews = (problems: readonly Problem[], incidents: readonly Incident[], at: number) => void;

/**
 * Returns a function that publishes what has changed since its last call. Its first call only remembers what exists,
 * and publishes nothing.
 */
export function createAllNews(events: () => Pick<Events, 'publishProblem' | 'publishIncident'>): AllNews {
  let known:
    | { readonly problems: ReadonlyMap<string, Problem>; readonly incidents: ReadonlyMap<string, Incident> }
    | undefined;

  return (problems, incidents, at) => {
    const before = known;
    const now = {
      problems: new Map(problems.map((problem) => [problem.id, problem])),
      incidents: new Map(incidents.map((incident) => [incident.id, incident])),
    };
    known = now;
    if (before === undefined) return;
    const { publishProblem, publishIncident } = events();
    for (const [id, problem] of before.problems)
      if (!now.problems.has(id)) publishProblem({ kind: 'closed', at, before: problem });
    for (const [id, problem] of now.problems)
      if (!before.problems.has(id)) publishProblem({ kind: 'opened', at, after: problem });
    for (const [id, incident] of now.incidents) {
      const earlier = before.incidents.get(id);
      const kind = earlier === incident ? undefined : changeKind(earlier, incident);
      if (kind !== undefined)
        publishIncident({ kind, at, incident, ...(earlier === undefined ? {} : { before: earlier }) });
    }
  };
}
