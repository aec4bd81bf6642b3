/**
 * Rounds of probes through the real parts of the engine: status, diagnosis and incidents, on a clock of their own. A
 * target is probed every five minutes, and again as soon as the status asks for it, as the scheduler does.
 */
import { diagnoseCutOff } from '../../src/diagnosis/diagnose-cut-off.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Incident, IncidentChange } from '../../src/model/incident.ts';
import type { TargetMemory } from '../../src/model/memory.ts';
import type { StatusChange } from '../../src/model/status.ts';
import { runAll } from '../../src/model/steps.ts';
import { targetKey, type Target } from '../../src/model/target.ts';
import { createIncidents, type Incidents } from '../../src/status/incidents.ts';
import type { Recorded } from '../../src/status/record-probe.ts';
import { createStatusStore } from '../../src/status/status-store.ts';
import { anEvidence, NOON } from '../support/builders.ts';
import { PROBES, type ProbeName } from './story.ts';

export interface Rounds {
  readonly now: () => number;
  readonly pass: (ms: number) => void;
  readonly probe: (target: Target, outcome: ProbeName) => Recorded;
  readonly changes: () => readonly IncidentChange[];
  readonly incidents: () => readonly Incident[];
  readonly store: () => ReturnType<typeof createStatusStore>;
  readonly sweep: () => readonly StatusChange[];
  /** As history keeps them: `down 300`, seconds since the beginning. */
  readonly stateChanges: () => readonly string[];
  /** A new process with what went through JSON, and other targets where they are given. */
  readonly restart: (...targets: readonly Target[]) => void;
  /** `down` and `up` of every target, in order. */
  readonly states: () => readonly string[];
}

export function rounds(...targets: readonly Target[]): Rounds {
  let ids = 0;
  let now = NOON;
  const stateChanges: string[] = [];
  const newStore = () =>
    createStatusStore({
      diagnoseCutOff,
      onStateChange: ({ state, at }) => stateChanges.push(`${state} ${(at - NOON) / 1_000}`),
    });
  const newIncidents = (): Incidents =>
    createIncidents({ ...store.incidentSources, newId: () => `incident-${(ids += 1)}` });
  let store = newStore();
  let incidents = newIncidents();
  const changes: IncidentChange[] = [];
  const states: string[] = [];
  store.update(targets, now);

  return {
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
    probe: (target, outcome) => {
      const evidence = anEvidence({ target, startedAt: now, ...PROBES[outcome] });
      const diagnoses = diagnose(evidence, store.contextFor(target, evidence, now, {}));
      const recorded = store.record(target, evidence, diagnoses, now);
      if (recorded.change !== undefined) states.push(recorded.change.to);
      changes.push(...incidents.take(store.takeNews(now), now).changes);
      return recorded;
    },
    changes: () => changes,
    incidents: () => incidents.all(),
    store: () => store,
    sweep: () => {
      const swept: StatusChange[] = [];
      runAll(store.sweep(now, (change) => swept.push(change)));
      return swept;
    },
    stateChanges: () => stateChanges,
    restart: (...next) => {
      const memories = targets.flatMap((target) => store.memoryOf(targetKey(target)) ?? []);
      const memory: {
        readonly memories: readonly TargetMemory[];
        readonly incidents: readonly Incident[];
      } = JSON.parse(JSON.stringify({ memories, incidents: incidents.all() }));
      store = newStore();
      incidents = newIncidents();
      store.restore(memory.memories, memory.incidents);
      store.update(next.length === 0 ? targets : next, now);
      incidents.restore(memory.incidents, now);
      changes.push(...incidents.take(store.takeNews(now), now).changes);
    },
    states: () => states,
  };
}

export const INTERVAL_MS = 300_000;

/** So many rounds of a target, and what each of its probes comes to. */
export function run(
  rounds: Rounds,
  target: Target,
  count: number,
  outcome: (probe: number) => ProbeName,
): void {
  let probe = 0;
  for (let round = 0; round < count; round += 1) {
    let restMs = INTERVAL_MS;
    for (;;) {
      const { reprobeMs } = rounds.probe(target, outcome(probe));
      probe += 1;
      if (reprobeMs === undefined || reprobeMs > restMs) break;
      rounds.pass(reprobeMs);
      restMs -= reprobeMs;
    }
    rounds.pass(restMs);
  }
}

/** Of each change its kind, and the cause or why it closed. */
export function told(changes: readonly IncidentChange[]): readonly string[] {
  return changes.map(({ kind, incident }) =>
    [kind, kind === 'closed' ? incident.closeReason : incident.cause].join(' '),
  );
}
