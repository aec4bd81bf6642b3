/** Any story of probes, with a restart at any point: it ends as without the restart, and nobody is told anything else. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { aTarget } from '../support/builders.ts';
import { INTERVAL_MS, rounds, type Rounds } from './rounds.ts';
import type { ProbeName } from './story.ts';

const imap = aTarget();
const pop3 = aTarget({ protocol: 'pop3' });
/** Each is told twice. */
const RUNS = 100;
type Step = Readonly<Record<'imap' | 'pop3', ProbeName>>;

const OF_MAILBOX = ['unavailable', 'throttled'] as const;
/** Faults that are an app's, an endpoint's, the prober's or a mailbox's, by what its neighbors do. */
const OF_ANY_SCOPE = [...OF_MAILBOX, 'starved', 'refused', 'mail host silent', 'secret expired'] as const;

function stories(failures: readonly ProbeName[]): fc.Arbitrary<readonly Step[]> {
  const probe = fc.oneof(fc.constant<ProbeName>('ok'), fc.constantFrom(...failures));
  return fc.array(fc.record({ imap: probe, pop3: probe }), { minLength: 2, maxLength: 24 });
}

function tell(steps: readonly Step[], restartBefore?: number): Rounds {
  const told = rounds(imap, pop3);
  for (const [at, step] of steps.entries()) {
    if (at === restartBefore) told.restart();
    told.probe(imap, step.imap);
    told.probe(pop3, step.pop3);
    told.pass(INTERVAL_MS);
  }
  return told;
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

const states = (told: Rounds) => ({ states: told.states(), stateChanges: told.stateChanges() });

const everything = (told: Rounds) => ({
  ...states(told),
  // Of several at one time the order does not matter.
  changes: told
    .changes()
    .map(({ kind, at, incident: { id, cause, state } }) => ({ kind, at, id, cause, state }))
    .toSorted((a, b) => a.at - b.at || byId(a, b)),
  incidents: told
    .incidents()
    .map((incident) => Object.assign({}, incident, { diagnosis: incident.diagnosis.title }))
    .toSorted(byId),
  problems: told
    .store()
    .problems(told.now())
    .map(({ id, since, affectedMailboxes }) => ({ id, since, affectedMailboxes }))
    .toSorted(byId),
});

test.each([
  ['of mailboxes', OF_MAILBOX],
  ['of any scope', OF_ANY_SCOPE],
])('a restart changes nothing, with faults %s', (_, failures) => {
  fc.assert(
    fc.property(stories(failures), fc.nat(), (steps, at) => {
      expect(everything(tell(steps, at % steps.length))).toEqual(everything(tell(steps)));
    }),
    { numRuns: RUNS },
  );
});
