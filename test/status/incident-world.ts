/**
 * Incidents over targets whose state a test sets by hand: `down('qms imap', 'tcp-blocked')`, `up`, `cutOff`, `remove`.
 * Problems and their changes are made by the real index; `take` reads as a list of announcements.
 */
import type { Cause } from '../../src/model/cause.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Incident } from '../../src/model/incident.ts';
import type { Protocol } from '../../src/model/protocol.ts';
import type { WatchedTarget } from '../../src/status/incident-sources.ts';
import { createIncidents, type Incidents } from '../../src/status/incidents.ts';
import type { Finding } from '../../src/status/finding.ts';
import { createProblemIndex, problemId } from '../../src/status/problem-index.ts';
import { createProblemNews } from '../../src/status/problem-news.ts';
import { aDiagnosis, NOON } from '../support/builders.ts';

type State = Omit<WatchedTarget, 'key' | 'mailbox' | 'protocol'>;
type TestFinding = Partial<Diagnosis> & { readonly cause: Cause };

export const OF_APP = { scope: 'app', subject: 'plm' } as const;

export interface World {
  readonly incidents: () => Incidents;
  readonly now: () => number;
  readonly pass: (seconds: number) => void;
  readonly down: (key: string, ...findings: readonly TestFinding[]) => void;
  readonly up: (key: string, ...advisories: readonly TestFinding[]) => void;
  /** Our own network is down: its findings give way. */
  readonly cutOff: (key: string) => void;
  readonly stale: (key: string) => void;
  readonly intermittent: (key: string, successes: number) => void;
  readonly remove: (key: string) => void;
  readonly ofApp: (mailboxes: readonly string[], ...findings: readonly TestFinding[]) => void;
  /** `opened tcp-blocked`, `closed recovered`: what is announced of this batch. */
  readonly take: () => readonly string[];
  readonly updated: () => readonly Incident[];
  readonly one: () => Incident;
  /**
   * A new process, which knows what went through JSON. Without its findings: they come back with `reportAgain`, as when
   * the targets are probed.
   */
  readonly restart: () => void;
  readonly reportAgain: () => void;
}

export function aWorld(...keys: readonly string[]): World {
  let now = NOON;
  let ids = 0;
  let updated: readonly Incident[] = [];
  const targets = new Map<string, State>(
    keys.map((key) => [key, { watchedSince: NOON, isUp: true, upSince: NOON, intermittent: false }]),
  );
  let problems = createProblemIndex();
  let news = createProblemNews(problems);
  const failing = new Map<string, readonly string[]>();

  const watched = (key: string): WatchedTarget | undefined => {
    const state = targets.get(key);
    return state && { key, mailbox: mailboxOf(key), protocol: protocolOf(key), ...state };
  };
  const create = (): Incidents =>
    createIncidents({
      target: watched,
      takeMoved: () => new Set([...targets.keys(), ...failing.keys()]),
      targetsOf: (mailbox) =>
        [...targets.keys()].filter((key) => mailboxOf(key) === mailbox).flatMap((key) => watched(key) ?? []),
      problem: (id) => problems.problem(id),
      failingUnder: (id) => [...failing].flatMap(([key, ids]) => (ids.includes(id) ? [key] : [])),
      sourceCount: (id) => problems.sourceCount(id),
      problemsOf: (key) => failing.get(key) ?? [],
      newId: () => `incident-${(ids += 1)}`,
    });
  let incidents = create();
  let forgotten: readonly [string, readonly Finding[]][] = [];

  const report = (source: string, mailboxes: readonly string[], reported: readonly TestFinding[]): void => {
    const findings = reported.map((finding) => ({
      diagnosis: aDiagnosis({
        scope: 'mailbox',
        subject: mailboxOf(source),
        title: finding.cause,
        ...finding,
      }),
      mailboxes,
      since: now,
    }));
    problems.update(source, findings);
    const isFailing = targets.get(source)?.isUp === false;
    failing.set(source, isFailing ? findings.map(({ diagnosis }) => problemId(diagnosis)) : []);
  };
  const set = (key: string, state: Partial<State>): void => {
    const before = targets.get(key) ?? { watchedSince: now, isUp: false, intermittent: false };
    targets.set(key, { ...before, resultAt: now, ...state });
  };

  return {
    incidents: () => incidents,
    now: () => now,
    pass: (seconds) => {
      now += seconds * 1_000;
    },
    down: (key, ...findings) => {
      set(key, { isUp: false, failingSince: now });
      report(key, [mailboxOf(key)], findings);
    },
    up: (key, ...advisories) => {
      set(key, { isUp: true, upSince: now, intermittent: false });
      report(key, [mailboxOf(key)], advisories);
    },
    cutOff: (key) => {
      set(key, { isUp: false });
      report(key, [mailboxOf(key)], [{ cause: 'own-network-down', scope: 'prober', subject: 'prober' }]);
    },
    stale: (key) => set(key, { isUp: false }),
    intermittent: (key, successes) =>
      set(key, { isUp: false, intermittent: true, recovering: { successes, needed: 6 } }),
    remove: (key) => {
      targets.delete(key);
      report(key, [], []);
    },
    ofApp: (mailboxes, ...findings) => report('the app plm', mailboxes, findings),
    take: () => {
      const taken = incidents.take(
        news.take(now, () => false),
        now,
      );
      ({ updated } = taken);
      return taken.changes.map(({ kind, incident }) =>
        [kind, kind === 'closed' ? incident.closeReason : incident.cause].join(' '),
      );
    },
    updated: () => updated,
    one: () => {
      const [first, ...others] = incidents.all();
      if (first === undefined || others.length > 0)
        throw new Error(`expected one incident, found ${others.length + (first === undefined ? 0 : 1)}`);
      return first;
    },
    restart: () => {
      const memory: readonly Incident[] = JSON.parse(JSON.stringify(incidents.all()));
      const before = problems;
      problems = createProblemIndex();
      news = createProblemNews(problems);
      forgotten = [...failing.keys()].map((source) => [source, before.findingsOf(source)]);
      incidents = create();
      incidents.restore(memory, now);
    },
    reportAgain: () => {
      for (const [source, findings] of forgotten) problems.update(source, findings);
    },
  };
}

function mailboxOf(key: string): string {
  return key.split(' ')[0] ?? key;
}

function protocolOf(key: string): Protocol {
  return key.endsWith(' pop3') ? 'pop3' : 'imap';
}
