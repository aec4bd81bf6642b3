/**
 * A fleet from its first start on, probed as the daemon probes it: each target at every interval, again as soon as its
 * status asks for it, and out of turn if it corroborates another one. A probe takes a second. Times are seconds since
 * the start.
 */
import { diagnoseCutOff } from '../../src/diagnosis/diagnose-cut-off.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { targetKey, type Target } from '../../src/model/target.ts';
import { ONE_AT_A_TIME } from '../../src/status/corroboration.ts';
import { createIncidents } from '../../src/status/incidents.ts';
import { createStatusStore } from '../../src/status/status-store.ts';
import { anEvidence, NOON, type EvidenceOptions } from '../support/builders.ts';

const REFUSED: NonNullable<EvidenceOptions['failed']> = {
  auth: { kind: 'rejected', code: 'AUTHENTICATIONFAILED', status: 'NO', text: 'AUTHENTICATE failed.' },
};

export interface Watched {
  readonly target: Target;
  readonly firstAt: number;
  readonly works: (at: number) => boolean;
}

export interface Fleet {
  readonly runUntil: (at: number) => void;
  /** The first cause of each probe that changed it: `60 mailbox-permission-missing`, `90 works`. */
  readonly verdicts: (key: string) => readonly string[];
  /** The corroborating probes: `60 b imap`. */
  readonly asked: () => readonly string[];
  /** Every cause of every incident: `exchange-sp-not-registered of plm`. */
  readonly incidents: () => readonly string[];
}

export function fleet(watched: readonly Watched[]): Fleet {
  const store = createStatusStore({ diagnoseCutOff });
  let ids = 0;
  const incidents = createIncidents({ ...store.incidentSources, newId: () => `incident-${(ids += 1)}` });
  const all = new Map(watched.map((each) => [targetKey(each.target), each]));
  const due = new Map(watched.map(({ target, firstAt }) => [targetKey(target), firstAt]));
  const outOfTurn = new Map<string, number>();
  const verdicts = new Map<string, string[]>();
  const asked: string[] = [];
  const found = new Set<string>();
  store.update(
    watched.map(({ target }) => target),
    NOON,
  );

  function probe({ target, works }: Watched, at: number, isInTurn: boolean): void {
    const key = targetKey(target);
    const startedAt = NOON + at * 1_000;
    const now = startedAt + 1_000;
    const evidence = anEvidence({ target, startedAt, seconds: 1, failed: works(at) ? {} : REFUSED });
    const context = store.contextFor(target, evidence, now, {});
    const diagnoses = diagnose(evidence, context);
    const { reprobeMs } = store.record(target, evidence, diagnoses, now);
    if (isInTurn) due.set(key, at + target.intervalMs / 1_000);
    if (reprobeMs !== undefined) due.set(key, at + 1 + reprobeMs / 1_000);
    for (const { incident } of incidents.take(store.takeNews(now), now).changes)
      found.add(`${incident.cause} of ${incident.subject}`);

    const known = verdicts.get(key) ?? [];
    verdicts.set(key, known);
    const verdict = diagnoses[0]?.cause ?? 'works';
    if (known.at(-1)?.split(' ')[1] !== verdict) known.push(`${at} ${verdict}`);

    for (const other of store.corroborating([{ target, evidence, context }], ONE_AT_A_TIME)) {
      if (outOfTurn.has(targetKey(other))) continue;
      outOfTurn.set(targetKey(other), at + 1);
      asked.push(`${at + 1} ${targetKey(other)}`);
    }
  }

  return {
    runUntil(end) {
      for (;;) {
        const [key, at] = earliest(outOfTurn, due);
        const next = all.get(key);
        if (at >= end || next === undefined) return;
        probe(next, at, !outOfTurn.delete(key));
      }
    },
    verdicts: (key) => verdicts.get(key) ?? [],
    asked: () => asked,
    incidents: () => [...found],
  };
}

function earliest(...queues: readonly ReadonlyMap<string, number>[]): readonly [key: string, at: number] {
  let first: readonly [string, number] = ['', Number.POSITIVE_INFINITY];
  for (const queue of queues) for (const entry of queue) if (entry[1] < first[1]) first = entry;
  return first;
}
