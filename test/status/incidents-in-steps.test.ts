/** Probes are recorded while the incidents are reviewed in steps: nothing gets lost, and nothing is told twice. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { diagnoseCutOff } from '../../src/diagnosis/diagnose-cut-off.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Incident, IncidentChange } from '../../src/model/incident.ts';
import type { Steps } from '../../src/model/steps.ts';
import { affectedNow } from '../../src/status/affected-mailboxes.ts';
import { createIncidents, type IncidentNews } from '../../src/status/incidents.ts';
import { createStatusStore } from '../../src/status/status-store.ts';
import { anEvidence, aTarget, NOON } from '../support/builders.ts';
import { PROBES, type ProbeName } from './story.ts';

const TARGETS = ['plm', 'qms', 'erp'].flatMap((id) => [
  aTarget({ mailbox: id }),
  aTarget({ mailbox: id, protocol: 'pop3' }),
]);
const PROBE_SECONDS = 20;
const RUNS = 300;

interface Told {
  readonly changes: readonly IncidentChange[];
  readonly incidents: readonly Incident[];
  /** After which probes a round began. */
  readonly begun: readonly number[];
}

interface Probe {
  readonly of: number;
  readonly outcome: ProbeName;
  /** How many steps of a round are done after the probe. */
  readonly steps: number;
}

/** With `begins`, rounds begin after these probes and are done in one piece. */
function tell(probes: readonly Probe[], begins?: readonly number[]): Told {
  let now = NOON;
  let ids = 0;
  const store = createStatusStore({ diagnoseCutOff });
  const incidents = createIncidents({ ...store.incidentSources, newId: () => `incident-${(ids += 1)}` });
  const changes: IncidentChange[] = [];
  let round: Steps<IncidentNews> | undefined;
  const begun: number[] = [];
  const goOn = (at: number, steps = Number.POSITIVE_INFINITY): void => {
    if (round === undefined) begun.push(at);
    round ??= incidents.takeInSteps(store.takeNews(now), now);
    for (let done = 0; done < steps && round !== undefined; done += 1) {
      const step = round.next();
      if (step.done !== true) continue;
      changes.push(...step.value.changes);
      round = undefined;
    }
  };
  store.update(TARGETS, now);
  for (const [at, { of, outcome, steps }] of probes.entries()) {
    const target = TARGETS[of];
    if (target === undefined) continue;
    now += PROBE_SECONDS * 1_000;
    const evidence = anEvidence({ target, startedAt: now, ...PROBES[outcome] });
    store.record(target, evidence, diagnose(evidence, store.contextFor(target, evidence, now, {})), now);
    if (begins === undefined) goOn(at, steps);
    else if (begins.includes(at)) goOn(at);
  }
  // One round may be under way. The next one takes what has changed meanwhile.
  goOn(probes.length);
  goOn(probes.length);
  return { changes, incidents: incidents.all(), begun };
}

const probes = fc.array(
  fc.record({
    of: fc.nat(TARGETS.length - 1),
    outcome: fc.constantFrom<ProbeName>('ok', 'ok', 'unavailable', 'throttled', 'refused', 'secret expired'),
    steps: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 60 },
);
const openNow = ({ incidents }: Told): readonly string[] =>
  incidents
    .filter(({ state }) => state !== 'closed')
    .flatMap(({ cause, affectedMailboxes }) => affectedNow(affectedMailboxes).map((id) => `${cause} ${id}`))
    .toSorted();

test('the same mailboxes are affected by the same causes as after rounds in one piece', () => {
  fc.assert(
    fc.property(probes, (story) => {
      const told = tell(story);
      expect(openNow(told)).toEqual(openNow(tell(story, told.begun)));
    }),
    { numRuns: RUNS },
  );
});

test('an incident is told to open first, and tells nothing between its end and its return', () => {
  fc.assert(
    fc.property(probes, (story) => {
      const { changes } = tell(story);
      for (const told of Map.groupBy(changes, ({ incident }) => incident.id).values()) {
        expect(told[0]?.kind).toBe('opened');
        const afterEnd = told.slice(1).filter((_, at) => told[at]?.kind === 'closed');
        expect(afterEnd.filter(({ kind }) => kind !== 'reopened')).toEqual([]);
      }
    }),
    { numRuns: RUNS },
  );
});
