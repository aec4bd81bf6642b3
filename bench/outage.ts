/**
 * What a total outage costs in memory: every target healthy, then every target refused, with real verdicts and a
 * history of several failures each. Run: `node --expose-gc bench/outage.ts [MAILBOXES]`.
 */
import { diagnose } from '../src/diagnosis/diagnose.ts';
import { diagnoseCutOff } from '../src/diagnosis/diagnose-cut-off.ts';
import type { Evidence } from '../src/model/evidence.ts';
import { PROTOCOL_IDS } from '../src/model/protocol.ts';
import type { Target } from '../src/model/target.ts';
import { createStatusStore } from '../src/status/status-store.ts';
import { anApp, anEvidence, aTarget, type EvidenceOptions } from '../test/support/builders.ts';

const MAILBOXES = Number(process.argv[2] ?? 10_000);
const APPS = 20;
const ROUNDS = 7;
const START = Date.now();

const CLAIMS = {
  audience: 'https://outlook.office365.com',
  roles: ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
  objectId: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
};

const OUTAGES: Readonly<Record<string, EvidenceOptions['failed']>> = {
  'refused login': { auth: { kind: 'rejected', status: 'NO', text: 'AUTHENTICATE failed.' } },
  'expired secret': {
    token: {
      kind: 'rejected',
      code: 'AADSTS7000222',
      status: '401',
      text: "AADSTS7000222: The provided client secret keys for app '66666666-7777-8888-9999-000000000000' are expired.",
    },
  },
  'blocked port': { connect: { kind: 'timeout', code: 'ETIMEDOUT', text: 'The time was over.' } },
};

const apps = Array.from({ length: APPS }, (_, at) => anApp({ id: `app-${at}` }));
const targets = Array.from({ length: MAILBOXES }, (_, at) =>
  PROTOCOL_IDS.map((protocol) =>
    aTarget({ mailbox: `mailbox-${at}`, app: apps[at % APPS] ?? anApp(), protocol }),
  ),
).flat();

/** As the probe makes it: every object and every text of foreign origin is new. */
function fresh(options: EvidenceOptions): Evidence {
  return structuredClone(anEvidence(options));
}

for (const [name, failed] of Object.entries(OUTAGES)) {
  const store = createStatusStore({ diagnoseCutOff });
  store.update(targets, START);
  const round = (at: number, options: EvidenceOptions): void => {
    for (const [n, target] of targets.entries()) {
      const startedAt = START + at * 300_000 + n;
      probe(target, fresh({ target, startedAt, facts: { claims: CLAIMS }, ...options }), startedAt);
    }
  };
  const probe = (target: Target, evidence: Evidence, now: number): void => {
    const context = store.contextFor(target, evidence, now, {});
    store.record(target, evidence, diagnose(evidence, context), now);
  };
  for (let at = 0; at < ROUNDS; at += 1) round(at, {});
  const healthy = heapMegabytes();
  const began = performance.now();
  for (let at = ROUNDS; at < 2 * ROUNDS; at += 1) round(at, failed === undefined ? {} : { failed });
  const perProbe = ((performance.now() - began) * 1000) / ROUNDS / targets.length;
  const problems = store.problems(START);
  process.stdout.write(
    `${name}, ${MAILBOXES} mailboxes x ${PROTOCOL_IDS.length}: healthy ${healthy} MB, after ${ROUNDS} rounds of failures ` +
      `${heapMegabytes()} MB of heap; ${problems.length} problems; ${perProbe.toFixed(0)} us for each probe\n`,
  );
}

function heapMegabytes(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
}
