/** Holds the rule set together: names, cases, fixes, honesty, and the handbook. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { diagnoseCredential } from '../../src/diagnosis/diagnose-credential.ts';
import { diagnoseNotify } from '../../src/diagnosis/diagnose-notify.ts';
import { diagnoseOverload } from '../../src/diagnosis/diagnose-overload.ts';
import { diagnoseStore } from '../../src/diagnosis/diagnose-store.ts';
import { explain } from '../../src/explain.ts';
import { RULES } from '../../src/diagnosis/rules.ts';
import { codesOf } from '../../src/vocabulary/aadsts.ts';
import { PHRASES } from '../../src/vocabulary/phrases.ts';
import { CAUSES } from '../../src/model/cause.ts';
import { STORE_FAILURES } from '../../src/model/store-error.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { renderHandbook } from '../../tools/docs-diagnoses.ts';
import { CATALOG } from '../cases/catalog.ts';
import { CREDENTIALS } from '../cases/credentials.ts';
import { ENTRA_TEXTS } from '../cases/entra-texts.ts';
import { contextOf, evidenceOf } from '../cases/probe-case.ts';
import { OTHER_PROBES, REFUSED_PROBES } from '../cases/probes.ts';
import { MAIL_TEXTS } from '../cases/mail-texts.ts';
import { NETWORK_TEXTS } from '../cases/network-texts.ts';
import { PASTED_AT } from '../cases/text-case.ts';
import { anApp, NOON } from '../support/builders.ts';

const PROBES = [...REFUSED_PROBES, ...OTHER_PROBES];
const TEXTS = [...ENTRA_TEXTS, ...MAIL_TEXTS, ...NETWORK_TEXTS];

/** Every verdict of every case, best first. */
const VERDICTS: readonly (readonly Diagnosis[])[] = [
  ...PROBES.map((probe) => diagnose(evidenceOf(probe), contextOf(probe))),
  ...TEXTS.map(({ text }) => explain(text, PASTED_AT)),
  ...CREDENTIALS.map(({ credential, token }) =>
    diagnoseCredential(credential, {
      app: anApp(),
      now: NOON,
      mailboxes: ['qms-inbox'],
      ...(token === undefined ? {} : { token }),
    }),
  ),
  [diagnoseNotify([{ channel: 'ops', reason: 'HTTP 503' }], NOON)],
  [diagnoseOverload({ lateSeconds: 200, shortfalls: ['app plm: 113 would have to run at once'] }, NOON)],
  [diagnoseOverload({ lateSeconds: 200, shortfalls: [] }, NOON)],
  ...STORE_FAILURES.map((code) => [
    diagnoseStore({ code, message: 'the store /data/mailprobe.db is away' }, NOON),
  ]),
];
const ALL = VERDICTS.flat();

/** The compiler knows that each cause has a rule; only the files show a second one that hides behind it. */
test('each cause has one rule', () => {
  const folder = join(import.meta.dirname, '../../src/diagnosis/rules');
  const ids = readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/^ {2}'([^']+)': (?:\{|ruleAt\()/gm)].map(([, id]) => id));
  expect(ids).toHaveLength(CAUSES.length);
  expect(new Set(ids)).toEqual(new Set(CAUSES));
});

describe.each(CAUSES)('%s', (id) => {
  const rule = RULES[id];

  test('is well named', () => {
    expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)+$/);
  });

  test('says what it looks like, how to be sure, where it is written, and what resembles it', () => {
    expect(rule.symptom.length).toBeGreaterThan(20);
    expect(rule.references.length).toBeGreaterThan(0);
    expect(rule.lookAlikes).not.toContain(id);
  });

  test('comes first in a case of its own', () => {
    const own = VERDICTS.filter((verdict) =>
      verdict.some(({ cause, alternativeTo }) => cause === id && alternativeTo === undefined),
    );
    expect(own.length).toBeGreaterThan(0);
  });
});

test('every diagnosis of every case has a title with names, a fix and a reference', () => {
  for (const diagnosis of ALL) {
    expect(diagnosis.title).toMatch(/^[A-Z0-9].*\.$/s);
    expect(diagnosis.title).not.toContain('<');
    expect(diagnosis.fix.length).toBeGreaterThan(0);
    expect(diagnosis.references.length).toBeGreaterThan(0);
  }
});

describe('the catalog', () => {
  test.each(CATALOG)('%s has a rule', (id) => {
    expect(CAUSES).toContain(id);
  });
});

describe('honesty', () => {
  const ambiguous = PROBES.filter(({ first, next = [] }) => next.length > 0 && first !== 'own-network-down');

  test.each(ambiguous)('$name: nothing is certain', (probe) => {
    const verdict = diagnose(evidenceOf(probe), contextOf(probe));
    expect(verdict.filter((diagnosis) => diagnosis.confidence === 'certain')).toEqual([]);
  });

  test.each(TEXTS.filter(({ among = [] }) => among.length > 0))(
    'pasted $name: nothing is certain',
    ({ text }) => {
      expect(explain(text, PASTED_AT).filter((diagnosis) => diagnosis.confidence === 'certain')).toEqual([]);
    },
  );

  test('of what explains one failure, at most one is certain, and then alone', () => {
    for (const verdict of VERDICTS) {
      for (const diagnosis of verdict.filter(({ alternativeTo }) => alternativeTo !== undefined)) {
        const leader = verdict.find(({ cause }) => cause === diagnosis.alternativeTo);
        expect(leader?.confidence).not.toBe('certain');
      }
    }
  });
});

describe('commands', () => {
  const commands = [
    ...new Set(ALL.flatMap((diagnosis) => diagnosis.fix.flatMap(({ command }) => command ?? []))),
  ];

  const REMOVES = /\b(?:Remove|Disable|Clear|Reset|Uninstall)-|\brm\b|\bdel\b|-KeyCredentials/i;
  /** The list of certificates is replaced only where it is empty. */
  const STOPS_FIRST = /\n {2}if \(\$app\.KeyCredentials\) \{ throw '[^']+' \}\n[^;]*-KeyCredentials @\(@\{/;

  test('none removes anything, but for the old secret, by its key id, behind everything else, and asking', () => {
    for (const { fix } of ALL) {
      const steps = fix.filter(({ command }) => !command?.startsWith('Install-Module'));
      for (const [at, { text, command = '' }] of steps.entries()) {
        if (!REMOVES.test(command) || STOPS_FIRST.test(command)) continue;
        expect(at).toBe(steps.length - 1);
        expect(text).toMatch(/^Last, and only when every program works with the new secret/);
        expect(command).toMatch(/\n {2}Remove-MgApplicationPassword .* -KeyId '[^']+' -Confirm\n\}$/);
      }
    }
    expect(commands.filter((command) => REMOVES.test(command))).not.toEqual([]);
  });

  test('none uses a retired module or parameter', () => {
    expect(commands.filter((command) => /AzureAD|Msol|-ServiceId/i.test(command))).toEqual([]);
  });

  test('those that hold a placeholder say so', () => {
    for (const diagnosis of ALL) {
      for (const { text, command } of diagnosis.fix) {
        for (const placeholder of command?.match(/<[a-z][a-z ]*>/g) ?? [])
          expect(text).toContain(placeholder);
      }
    }
  });

  test('a host for TLS 1.0 and 1.1 is named as what it is, with the one to use', () => {
    const [first] = explain('pop-legacy.office365.com:995: fatal alert: protocol_version', PASTED_AT);
    expect(first?.cause).toBe('tls-handshake-failure');
    expect(first?.fix[0]?.text).toMatch(/^pop-legacy\.office365\.com .*MC1293480.* outlook\.office365\.com /);
  });

  test('those of a configured app hold no placeholder', () => {
    const filled = PROBES.flatMap((probe) => diagnose(evidenceOf(probe), contextOf(probe)));
    const open = filled.flatMap((diagnosis) =>
      diagnosis.fix.flatMap(({ command }) => command?.match(/<[a-z][a-z ]*>/g) ?? []),
    );
    expect(open).toEqual([]);
  });
});

describe('the vocabulary', () => {
  test('every code belongs to one cause that exists', () => {
    const codes = CAUSES.flatMap((id) => codesOf(id));
    expect(codes.filter((code, at) => codes.indexOf(code) !== at)).toEqual([]);
  });

  test('the hints of a phrase are in lower case', () => {
    for (const { hints } of PHRASES) for (const hint of hints) expect(hint).toBe(hint.toLowerCase());
  });
});

test('docs/diagnoses.md is what tools/docs-diagnoses.ts makes of the rules', () => {
  const written = readFileSync(join(import.meta.dirname, '../../docs/diagnoses.md'), 'utf8');
  expect(written === renderHandbook(), 'stale: run node tools/docs-diagnoses.ts').toBe(true);
  for (const id of CAUSES) expect(written).toContain(`\n## ${id}\n`);
});
