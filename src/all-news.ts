/**
 * Publishes a problem or an incident that opened, changed or closed on any replica. Each call compares all problems and
 * incidents with those of the previous call. So an app that only moves to another replica causes no event. Created by
 * `all-replicas.ts`.
 */
import type { Incident } from './model/incident.ts';
import type { Problem } from './model/status.ts';
import type { Events } from './report/events.ts';
import { changeKind } from './status/incident-record.ts';

export type AllNews = (problems: readonly Problem[], incidents: readonly Incident[], at: number) => void;

/** The first call publishes nothing. It only remembers what exists. */
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
