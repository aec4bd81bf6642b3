import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { PROTOCOL_IDS } from '../../src/model/protocol.ts';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import type { Scenario } from '../../src/sandbox/scenario.ts';
import { SCENARIOS } from '../../src/sandbox/scenarios.ts';
import { mailboxScenarios } from '../../src/sandbox/scenarios/mailbox-scenarios.ts';
import { mailHostScenarios } from '../../src/sandbox/scenarios/mail-host-scenarios.ts';
import { permissionScenarios } from '../../src/sandbox/scenarios/permission-scenarios.ts';
import { tokenHostScenarios } from '../../src/sandbox/scenarios/token-host-scenarios.ts';
import { renderConfusion } from '../support/confusion-table.ts';
import { PATIENT } from '../support/patient.ts';
import { SUBJECT, visit, type Said, type World } from '../support/confusion.ts';

/** The daemon's verdict on every state of the sandbox. */
const SILENT = new Set([
  'token-service-silent',
  'token-host-hangs',
  'mail-login-stalls',
  'mail-host-hangs',
  'mail-host-silent',
  'graph-silent',
]);
const TENANT_WIDE = new Set([
  'tenant-not-found',
  'national-cloud-mismatch',
  'resource-not-found',
  'tenant-restrictions',
]);
/** What the directory shows about an app that may read its own registration. */
const TOLD_BY_DIRECTORY = permissionScenarios.filter(({ cause }) => !cause.startsWith('exchange-'));
const WORLDS_AT_ONCE = 8;

let said: readonly Said[] = [];

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true });
  const authority = await createCertificateAuthority('test');
  const certificate = await authority.issue({ commonName: 'mailprobe app', names: [] });
  const materials = { authority, certificate };
  const plain = SCENARIOS.filter(({ graph, credential }) => !graph && credential !== 'certificate');
  const directory = [...SCENARIOS.filter(({ graph }) => graph), ...TOLD_BY_DIRECTORY];
  const isSilent = ({ name }: Scenario): boolean => SILENT.has(name);
  const patient = { credential: 'secret', graph: false, timeout: PATIENT.timeout } as const;
  const quick = { ...patient, timeout: '6s' };
  const certificates = SCENARIOS.filter(({ credential }) => credential === 'certificate');
  const worlds: readonly World[] = [
    ...spread(
      plain.filter((each) => !isSilent(each)),
      WORLDS_AT_ONCE,
      patient,
    ),
    ...spread(
      directory.filter((each) => !isSilent(each)),
      2,
      { ...patient, graph: true },
    ),
    { ...patient, scenarios: certificates, credential: 'certificate' },
  ];
  const talked = await visit(worlds, materials);
  // Separately: each of their probes waits for its deadline, in which a busy machine must reach the silence.
  const silent: readonly World[] = [
    ...spread(plain.filter(isSilent), SILENT.size - 1, quick),
    { ...quick, graph: true, scenarios: directory.filter(isSilent) },
  ];
  const waited = await visit(silent, materials);
  said = [...talked, ...waited].toSorted((a, b) => rankOf(a) - rankOf(b));
  // 45 s of CPU time, and as much again of waiting for deadlines; a busy machine stretches the former.
}, 900_000);

afterAll(() => {
  vi.useRealTimers();
});

function spread(
  scenarios: readonly Scenario[],
  over: number,
  world: Omit<World, 'scenarios'>,
): readonly World[] {
  return Array.from({ length: over }, (_, own) => ({
    ...world,
    scenarios: scenarios.filter((_scenario, at) => at % over === own),
  }));
}

/** In the order of the table of scenarios; for each, first without the directory, and first the one that worked. */
function rankOf({ scenario, history, graph }: Said): number {
  return SCENARIOS.indexOf(scenario) * 4 + (graph ? 2 : 0) + (history === 'worked' ? 0 : 1);
}

function hitBy(scenario: Scenario): readonly string[] {
  if (scenario.probes === 'succeed') return [];
  if (mailboxScenarios.includes(scenario)) return [SUBJECT];
  const all = [...tokenHostScenarios, ...mailHostScenarios].includes(scenario);
  if (all || TENANT_WIDE.has(scenario.name)) return ['sibling', 'stranger', SUBJECT];
  return ['sibling', SUBJECT];
}

/** The cause first; or, where others look the same, one of those first, the cause listed, nothing certain. */
function isTrue({ cause, lookAlikes }: Scenario, diagnoses: readonly Diagnosis[]): boolean {
  const causes = diagnoses.map((diagnosis) => diagnosis.cause);
  const pretends = diagnoses.some((other) => other.confidence === 'certain' && other.cause !== cause);
  return (
    causes.some((each) => each === cause) &&
    [cause, ...lookAlikes].some((each) => each === causes[0]) &&
    !pretends
  );
}

function toldOf(scenario: Scenario): readonly Said[] {
  return said.filter((each) => each.scenario === scenario);
}

describe.each(SCENARIOS)('$name: $title', (scenario) => {
  test('is seen over the protocols that it breaks, and only there', () => {
    expect(toldOf(scenario).length).toBeGreaterThanOrEqual(2);
    for (const { opens } of toldOf(scenario)) {
      const broken = scenario.probes === 'fail' ? scenario.protocols : [];
      expect(PROTOCOL_IDS.filter((protocol) => !opens[protocol])).toEqual(broken);
    }
  });

  test('opens problems that count the mailboxes right, and closes them when it is fixed', () => {
    for (const { problems, hit, left } of toldOf(scenario)) {
      const critical = problems.filter(({ severity }) => severity === 'critical');
      const affected = new Set(critical.flatMap(({ affectedMailboxes }) => affectedMailboxes));
      // A future failure, or a wrong clock, affects mailboxes that still open, too.
      const isWider = scenario.probes === 'succeed' || critical.some(({ scope }) => scope === 'prober');
      expect(hit).toEqual(hitBy(scenario));
      expect([...affected].filter((id) => !isWider || hit.includes(id)).toSorted()).toEqual(hit);
      expect([scenario.cause, ...scenario.lookAlikes]).toEqual(
        expect.arrayContaining(critical.map(({ cause }) => cause)),
      );
      expect(left).toEqual([]);
    }
  });
});

test.each(SCENARIOS.filter(({ probes }) => probes === 'fail'))(
  'the verdict on $name is true from the confirming probe on',
  (scenario) => {
    const verdicts = toldOf(scenario).flatMap(({ first, verdict }) =>
      scenario.protocols.flatMap((protocol) => [first[protocol], verdict[protocol]]),
    );
    expect(verdicts.filter((diagnoses) => !isTrue(scenario, diagnoses))).toEqual([]);
  },
);

test.each(SCENARIOS.filter(({ probes }) => probes === 'fail'))(
  'check lists the cause of $name, and agrees with the daemon or says what only time can tell',
  (scenario) => {
    for (const { checked, verdict, history } of toldOf(scenario)) {
      for (const protocol of scenario.protocols) {
        const [all, alone] = checked.filter((each) => each.protocol === protocol);
        for (const each of [all, alone])
          expect(each?.diagnoses.map(({ cause }) => cause)).toContain(scenario.cause);
        const first = all?.diagnoses[0]?.cause ?? '';
        expect([scenario.cause, ...scenario.lookAlikes]).toContain(first);
        const overTime = (all?.only_time_can_tell ?? [])
          .filter((each) => each.if.startsWith('it worked') === (history === 'worked'))
          .map(({ cause }) => cause);
        expect([first, ...overTime]).toContain(verdict[protocol][0]?.cause);
      }
    }
  },
);

test.each(SCENARIOS.filter(({ probes }) => probes === 'succeed'))(
  '$name is a problem of its own',
  (scenario) => {
    for (const { problems } of toldOf(scenario)) {
      expect(problems.map(({ cause }) => cause)).toContain(scenario.cause);
    }
  },
);

test('docs/confusion.md shows these verdicts', async () => {
  await expect(renderConfusion(said)).toMatchFileSnapshot('../../docs/confusion.md');
});
