/**
 * Renders a diagnosis as text for people: what is wrong, the confidence, the owner, the fix, and the other possible
 * causes, each with the test that decides. Printed by `check` and `explain`.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import type { ShownDiagnosis } from './check-result.ts';
import { flow, type Palette } from './palette.ts';

const OWNER_NAMES: Readonly<Record<Diagnosis['owner'], string>> = {
  'entra-admin': 'an Entra administrator',
  'exchange-admin': 'an Exchange administrator',
  'network-admin': 'a network administrator',
  operator: 'the operator of mailprobe',
  microsoft: 'Microsoft',
};

interface Company {
  /** Other causes that fit the same failure. */
  readonly alternatives?: readonly ShownDiagnosis[];
  /** Names of the affected mailboxes. */
  readonly hits?: string;
}

/**
 * Renders the verdict, indented by two or more columns. The last line ends with a line end. Commands are never wrapped.
 */
export function renderVerdict(
  diagnosis: ShownDiagnosis,
  palette: Palette,
  { alternatives = [], hits }: Company = {},
): string {
  const tone = diagnosis.severity === 'critical' ? palette.bad : palette.doubtful;
  const prose = (text: string, prefix = '', style?: (line: string) => string): string =>
    flow(text, palette, { first: `    ${prefix}`, ...(style === undefined ? {} : { style }) });
  const verb = diagnosis.severity === 'info' ? 'for' : 'to be fixed by';
  return [
    `  ${tone('▌')} ${flow(diagnosis.title, palette, { first: '', indent: 4, style: palette.strong })}`,
    prose(
      `${diagnosis.cause}, ${diagnosis.confidence}; ${verb} ${OWNER_NAMES[diagnosis.owner]}`,
      '',
      palette.faint,
    ),
    ...(hits === undefined ? [] : [prose(`Hits: ${hits}`)]),
    ...diagnosis.evidence.map((line) => prose(line, '· ', palette.faint)),
    ...diagnosis.fix.flatMap((step, index) => [
      prose(step.text, `${index + 1}. `),
      ...(step.command?.split('\n').map((line) => `         ${line}`) ?? []),
    ]),
    ...(diagnosis.takesEffect === undefined ? [] : [prose(`Takes effect: ${diagnosis.takesEffect}`)]),
    ...(diagnosis.guideStep === undefined
      ? []
      : [prose(`Step ${diagnosis.guideStep} of the set-up guide (DOCU13517)`, '', palette.faint)]),
    ...renderAlternatives(diagnosis, alternatives, palette),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** Renders the test for each look-alike, and then each alternative cause with the test that decides, if there is one. */
function renderAlternatives(
  { lookAlikes }: ShownDiagnosis,
  alternatives: readonly ShownDiagnosis[],
  palette: Palette,
): readonly string[] {
  const named = new Set(alternatives.map(({ cause }) => cause));
  const others = lookAlikes.filter(({ cause }) => !named.has(cause));
  const test = (text: string): string => flow(text, palette, { first: '        ', style: palette.faint });
  return [
    ...others.map(({ cause, test: decides }) =>
      flow(`How to tell ${cause}: ${decides}`, palette, { first: '    ' }),
    ),
    ...(alternatives.length === 0
      ? []
      : [
          flow(
            'Other causes that fit the same evidence, likeliest first, each with the test that decides:',
            palette,
            {
              first: '    ',
            },
          ),
        ]),
    ...alternatives.flatMap(({ cause, confidence, title }) => {
      const decides = lookAlikes.find((each) => each.cause === cause)?.test;
      const line = flow(`${cause}, ${confidence}: ${title}`, palette, { first: '      - ' });
      return decides === undefined ? [line] : [line, test(decides)];
    }),
  ];
}
