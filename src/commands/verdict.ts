/** A diagnosis as text: what is wrong, how sure, who can fix it, how, and what else it could be. */
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Palette } from './palette.ts';

const OWNER_NAMES: Readonly<Record<Diagnosis['owner'], string>> = {
  'entra-admin': 'an Entra administrator',
  'exchange-admin': 'an Exchange administrator',
  'network-admin': 'a network administrator',
  operator: 'the operator of mailprobe',
  microsoft: 'Microsoft',
};

/** Introduces an alternative to the verdict above it. */
function rivalMark({ alternativeTo, confidence }: Diagnosis): string {
  if (alternativeTo === undefined) return '';
  return confidence === 'possible' ? 'Or possibly: ' : 'Or, as likely: ';
}

/** Indented by two; ends with a line end. */
export function renderVerdict(diagnosis: Diagnosis, palette: Palette): string {
  const tone = diagnosis.severity === 'critical' ? palette.bad : palette.doubtful;
  const lines = [
    `${tone('▌')} ${palette.strong(`${rivalMark(diagnosis)}${diagnosis.title}`)}`,
    palette.faint(
      `  ${diagnosis.cause}, ${diagnosis.confidence}; ${diagnosis.severity === 'info' ? 'for' : 'to be fixed by'} ${OWNER_NAMES[diagnosis.owner]}`,
    ),
    ...diagnosis.evidence.map((line) => palette.faint(`  · ${line}`)),
    ...diagnosis.fix.flatMap((step, index) => [
      `  ${index + 1}. ${step.text}`,
      ...(step.command?.split('\n').map((line) => `       ${line}`) ?? []),
    ]),
    ...(diagnosis.takesEffect === undefined ? [] : [`  Takes effect: ${diagnosis.takesEffect}`]),
    ...diagnosis.lookAlikes.map(({ cause, test }) => `  How to tell ${cause}: ${test}`),
    ...(diagnosis.guideStep === undefined
      ? []
      : [palette.faint(`  Step ${diagnosis.guideStep} of the set-up guide (DOCU13517)`)]),
  ];
  return lines.map((line) => `  ${line}\n`).join('');
}
