/**
 * A large fleet as the pages see it: an app with a fifth of all mailboxes whose secret has expired, two more such apps, and
 * one mailbox in 25 that lost its permission. Verdicts are those of the rules. Used by `bench/page.ts` and by the tests of the pages.
 */
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { emptyContext, NO_PEERS } from '../../src/model/context.ts';
import type { CredentialStatus } from '../../src/model/credential.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Incident } from '../../src/model/incident.ts';
import type { Problem, Snapshot, TargetStatus } from '../../src/model/status.ts';
import type { App, Target } from '../../src/model/target.ts';
import { newIncident } from '../../src/status/incident-record.ts';
import { aProbe, anApp, aTarget, type EvidenceOptions } from '../support/builders.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MAILBOXES_OF_AN_APP = 50;
const SITES = ['Copenhagen', 'Hamburg', 'Aarhus', 'Gdansk', 'Porto'];

export interface Fleet {
  readonly apps: readonly App[];
  readonly snapshot: Snapshot;
  readonly credentials: readonly CredentialStatus[];
  readonly incidents: readonly Incident[];
}

/** The pages that are measured, with one of each kind that affects or lists the most. */
export const PAGES: readonly string[] = [
  '/',
  '/?group=app',
  '/mailboxes/mailbox-00026',
  '/apps/app-000',
  '/problems/secret-expired:app:app-000',
  '/incidents',
  '/incidents/019ac000-0000-7000-8000-000000000000',
  '/expiries',
  '/explain',
  '/docs/diagnoses',
];

const EXPIRED: EvidenceOptions['failed'] = {
  token: {
    kind: 'rejected',
    code: 'AADSTS7000222',
    status: '401',
    text: "AADSTS7000222: The provided client secret keys for app '66666666-7777-8888-9999-000000000000' are expired. Visit the Azure portal to create new keys for your app.",
  },
};
const REFUSED: EvidenceOptions['failed'] = {
  auth: { kind: 'rejected', status: 'NO', text: 'AUTHENTICATE failed.' },
};

export function largeFleet(size: number, now = Date.now()): Fleet {
  const apps = Array.from({ length: Math.ceil(size / MAILBOXES_OF_AN_APP) }, (_, at) =>
    anApp({ id: `app-${number(at, 3)}`, owner: `team-${at % 12}`, graph: true }),
  );
  const targets = Array.from({ length: size }, (_, at) => targetsOf(at, size, apps, now)).flat();
  const problems = problemsOf(targets);
  return {
    apps,
    snapshot: { at: now, targets, tokens: [], problems },
    credentials: apps.map((app, at) => credentialOf(app, now + (at - 3) * 5 * DAY_MS, now)),
    incidents: problems.map((problem, at) => incidentOf(problem, at)),
  };
}

function number(at: number, width: number): string {
  return String(at).padStart(width, '0');
}

function targetsOf(at: number, size: number, apps: readonly App[], now: number): readonly TargetStatus[] {
  const place = at < size / 5 ? 0 : at % apps.length;
  const app = apps[place] ?? anApp();
  const failed = place <= 2 ? EXPIRED : at % 25 === 1 ? REFUSED : undefined;
  return (['imap', 'pop3'] as const).map((protocol) => {
    const target = aTarget({
      mailbox: `mailbox-${number(at, 5)}`,
      address: `quality.management.${number(at, 5)}@contoso.example`,
      labels: { site: SITES[at % SITES.length] ?? '', team: `team-${at % 12}` },
      app,
      protocol,
    });
    return statusOf(target, failed, now - (at % 240) * MINUTE_MS, now);
  });
}

function statusOf(
  target: Target,
  failed: EvidenceOptions['failed'],
  since: number,
  now: number,
): TargetStatus {
  const options = { target, startedAt: now - MINUTE_MS, ...(failed === undefined ? {} : { failed }) };
  const diagnoses = failed === undefined ? [] : diagnosesOf(target, options, now);
  const lastProbe = aProbe({ ...options, diagnoses });
  return {
    target,
    confirmed: failed === undefined ? 'up' : 'down',
    confirmedSince: since,
    consecutiveFailures: failed === undefined ? 0 : 25,
    consecutiveSuccesses: failed === undefined ? 864 : 0,
    lastProbe,
    ...(failed === undefined ? { lastSuccess: now - MINUTE_MS } : { failingSince: since }),
    probesTotal: 900,
    failuresByCause: {},
    history: failed === undefined ? [] : [lastProbe],
  };
}

function diagnosesOf(target: Target, options: EvidenceOptions, now: number): readonly Diagnosis[] {
  const working = { ...NO_PEERS, succeeded: 8, everSucceeded: 8 };
  return diagnose(aProbe(options).evidence, {
    ...emptyContext(now),
    target,
    app: target.app,
    siblings: { imap: working, pop3: working },
    history: {
      consecutiveFailures: 5,
      probesTotal: 500,
      passedAlike: 0,
      recentSignatures: [],
      lastSuccess: now - DAY_MS,
      failingSince: now - 30 * MINUTE_MS,
    },
  });
}

function problemsOf(targets: readonly TargetStatus[]): readonly Problem[] {
  const found = new Map<string, { diagnosis: Diagnosis; since: number; mailboxes: Set<string> }>();
  for (const { target, lastProbe, failingSince = 0 } of targets) {
    const [diagnosis] = lastProbe?.diagnoses ?? [];
    if (diagnosis === undefined) continue;
    const id = `${diagnosis.cause}:${diagnosis.scope}:${diagnosis.subject}`;
    const known = found.get(id) ?? { diagnosis, since: failingSince, mailboxes: new Set<string>() };
    known.mailboxes.add(target.mailbox.id);
    found.set(id, { ...known, since: Math.min(known.since, failingSince) });
  }
  return Array.from(found, ([id, { diagnosis, since, mailboxes }]) => ({
    ...diagnosis,
    id,
    since,
    affectedMailboxes: [...mailboxes].toSorted(),
  }));
}

function incidentOf(problem: Problem, at: number): Incident {
  const { since, affectedMailboxes } = problem;
  const id = `019ac000-0000-7000-8000-${number(at, 12)}`;
  return {
    ...newIncident(id, problem, false, since + 5 * MINUTE_MS),
    affectedMailboxes: affectedMailboxes.map((mailbox) => ({ id: mailbox, since })),
    peakAffected: affectedMailboxes.length,
  };
}

function credentialOf({ id: app }: App, expiresAt: number, now: number): CredentialStatus {
  return {
    app,
    kind: 'secret',
    endDates: [{ source: 'graph', expiresAt, credential: app }],
    registered: [],
    match: 'matched',
    valid: expiresAt > now,
    lastCheck: now - 20 * MINUTE_MS,
  };
}
