/**
 * A status store that is told a story: probes at a moving clock. `ok`, and failures by name, stand for whole probes.
 */
import { diagnoseCutOff } from '../../src/diagnosis/diagnose-cut-off.ts';
import type { Cause } from '../../src/model/cause.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Target } from '../../src/model/target.ts';
import type { Recorded } from '../../src/status/record-probe.ts';
import { createStatusStore, type StatusStore } from '../../src/status/status-store.ts';
import { anEvidence, aDiagnosis, NOON, type EvidenceOptions } from '../support/builders.ts';

const SILENT_TOKEN: NonNullable<EvidenceOptions['facts']> = { token: { stoppedAt: 'connect' } };
const CACHED: NonNullable<EvidenceOptions['facts']> = { token: { source: 'cache' } };

/** What a probe can come to, by the name that the tables use. */
export const PROBES = {
  ok: {},
  'ok on a cached token': { facts: CACHED },
  refused: {
    failed: { auth: { kind: 'rejected', code: 'AUTHENTICATIONFAILED', status: 'NO' } },
    facts: CACHED,
  },
  unavailable: { failed: { auth: { kind: 'rejected', status: 'BAD' } }, facts: CACHED },
  throttled: { failed: { auth: { kind: 'throttled', retryAfterSeconds: 120 } } },
  'throttled for long': { failed: { auth: { kind: 'throttled', retryAfterSeconds: 900 } } },
  'throttled without a word': { failed: { auth: { kind: 'throttled' } } },
  'mail host silent': { failed: { connect: { kind: 'timeout' } }, facts: CACHED },
  'token host silent': { failed: { token: { kind: 'timeout' } }, facts: SILENT_TOKEN },
  'both silent': {
    failed: { token: { kind: 'dns' }, dns: { kind: 'dns' } },
    facts: { token: { stoppedAt: 'dns' } },
  },
  'both held': {
    failed: { token: { kind: 'timeout' }, tls: { kind: 'timeout' } },
    facts: { token: { stoppedAt: 'tls' } },
  },
  'secret expired': { failed: { token: { kind: 'rejected', code: 'AADSTS7000222' } } },
  starved: { seconds: 30, standstillMs: 29_000, failed: { greeting: { kind: 'timeout' } }, facts: CACHED },
  'without a descriptor': { failed: { connect: { kind: 'unexpected', code: 'EMFILE' } }, facts: CACHED },
  'our bug': { failed: { greeting: { kind: 'unexpected' } }, facts: CACHED },
  aborted: { failed: { auth: { kind: 'aborted' } } },
} as const satisfies Record<string, EvidenceOptions>;
export type ProbeName = keyof typeof PROBES;

export interface Story {
  readonly store: StatusStore;
  /** The present moment, epoch milliseconds. */
  readonly now: () => number;
  readonly pass: (seconds: number) => void;
  readonly evidence: (target: Target, probe: ProbeName) => Evidence;
  readonly probe: (target: Target, probe: ProbeName, diagnoses?: readonly Diagnosis[]) => Recorded;
}

export function tell(...targets: readonly Target[]): Story {
  const store = createStatusStore({ diagnoseCutOff });
  let now = NOON;
  store.update(targets, now);
  const evidence: Story['evidence'] = (target, probe) =>
    anEvidence({ target, startedAt: now, ...PROBES[probe] });
  return {
    store,
    now: () => now,
    pass: (seconds) => {
      now += seconds * 1_000;
    },
    evidence,
    probe: (target, probe, diagnoses = judged(target, probe)) =>
      store.record(target, evidence(target, probe), diagnoses, now),
  };
}

const CAUSE_OF: Readonly<Partial<Record<ProbeName, Cause>>> = {
  refused: 'mailbox-permission-missing',
  unavailable: 'exchange-transient',
  throttled: 'exchange-throttled',
  'both held': 'tls-handshake-failure',
  'our bug': 'client-bug',
};

/** What `diagnosis/` would say, roughly: one finding for each kind of failure, none of a healthy probe. */
export function judged(target: Target, probe: ProbeName): readonly Diagnosis[] {
  const { mailbox, app, endpoint } = target;
  if (probe.startsWith('ok')) return [];
  if (probe === 'starved' || probe === 'without a descriptor')
    return [aDiagnosis({ cause: 'prober-starved', scope: 'prober', subject: 'prober', owner: 'operator' })];
  if (probe === 'secret expired') return [aDiagnosis({ subject: app.id })];
  if (probe.endsWith('silent')) {
    const subject = `${endpoint.host}:${endpoint.port}`;
    return [aDiagnosis({ cause: 'tcp-blocked', scope: 'endpoint', subject, owner: 'network-admin' })];
  }
  return [
    aDiagnosis({ cause: CAUSE_OF[probe] ?? 'auth-unexplained', scope: 'mailbox', subject: mailbox.id }),
  ];
}
