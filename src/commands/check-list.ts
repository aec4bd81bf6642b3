/**
 * Renders the output of `check --checklist`: the five steps of the set-up guide (DOCU13517) for each app, ticked by the
 * results of the probes. `setup-script` prints the commands for the steps that are not ticked. Pure except for the
 * palette.
 */
import { isWarning } from '../diagnosis/is-warning.ts';
import { quoteShell } from '../diagnosis/fix/shell.ts';
import type { App } from '../model/target.ts';
import { guideSteps, type AppSteps } from './guide-steps.ts';
import type { Palette } from './palette.ts';
import type { DiagnosedProbe } from './probe-once.ts';
import type { Mark, Tick } from './tick.ts';

export interface ChecklistOptions {
  /** The apps of the requested mailboxes. */
  readonly apps: readonly App[];
  /** `--config`, if it is not the default. */
  readonly configFile?: string;
}

const BOXES: Readonly<Record<Mark, string>> = { done: '[x]', missing: '[ ]', open: '[?]' };

export function renderChecklist(
  probes: readonly DiagnosedProbe[],
  options: ChecklistOptions,
  palette: Palette,
): string {
  const apps = guideSteps(options.apps, probes);
  return [...apps.map((steps) => renderApp(steps, palette)), renderSum(apps, probes, options, palette)].join(
    '\n',
  );
}

function renderApp({ app, steps }: AppSteps, palette: Palette): string {
  const heading = `${palette.strong(`app ${app.id}`)}  ${palette.faint(`tenant ${app.tenant}, client id ${app.clientId}`)}`;
  const lines = steps.flatMap(({ step, name, ticks }) => [
    `  ${step}. ${name}`,
    ...ticks.map((tick) => `     ${renderTick(tick, palette)}`),
  ]);
  return [heading, ...lines, ''].join('\n');
}

function renderTick({ mark, text, note }: Tick, palette: Palette): string {
  const tone = { done: palette.good, missing: palette.bad, open: palette.doubtful }[mark];
  const ending = note === undefined ? '' : `: ${mark === 'missing' ? note : palette.faint(note)}`;
  return `${tone(BOXES[mark])} ${text}${ending}`;
}

/**
 * Returns the warnings that the ticks do not show, each once. If all mailboxes open, these warnings are the reason for
 * exit code 1.
 */
function warningsOf(probes: readonly DiagnosedProbe[]): readonly string[] {
  const open = probes.flatMap(({ success, diagnoses }) =>
    diagnoses.filter((diagnosis) => isWarning(diagnosis) && (success || diagnosis.severity !== 'critical')),
  );
  return [...new Set(open.map(({ title }) => `Warning: ${title}`))];
}

function renderSum(
  apps: readonly AppSteps[],
  probes: readonly DiagnosedProbe[],
  { configFile }: ChecklistOptions,
  palette: Palette,
): string {
  const option = configFile === undefined ? '' : ` --config ${quoteShell(configFile)}`;
  const ticks = apps.flatMap(({ steps }) => steps.flatMap((step) => step.ticks));
  const count = (wanted: Mark): number => ticks.filter(({ mark }) => mark === wanted).length;
  const fixable = apps.filter(({ steps }) =>
    steps.some(
      ({ step, ticks }) =>
        (step === 3 || step === 4) &&
        ticks.some(({ mark, byScript }) => mark === 'missing' && byScript !== false),
    ),
  );
  return [
    `${BOXES.done} ${count('done')} done   ${BOXES.missing} ${count('missing')} not done   ${BOXES.open} ${count('open')} not known yet`,
    ...warningsOf(probes).map((text) => palette.doubtful(text)),
    ...fixable.map(
      ({ app }) =>
        `Steps 3 and 4 of app ${app.id}, as one script: ${palette.strong(`mailprobe setup-script${option} --app ${app.id}`)}`,
    ),
    'For the evidence and the fix of a verdict: mailprobe check MAILBOX. For the steps: docs/setup.md',
    '',
  ].join('\n');
}
