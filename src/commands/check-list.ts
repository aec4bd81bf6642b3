/**
 * What `check --checklist` prints: the five steps of the set-up guide (DOCU13517) per app, ticked from what the probes
 * showed. The mirror of `setup-script`, which prints the commands for what is not ticked. Pure but for the palette.
 */
import { guideSteps, type AppSteps, type ChecklistProbe, type Mark, type Tick } from './guide-steps.ts';
import type { Palette } from './palette.ts';

const BOXES: Readonly<Record<Mark, string>> = { done: '[x]', missing: '[ ]', open: '[?]' };

export function renderChecklist(probes: readonly ChecklistProbe[], palette: Palette): string {
  const apps = guideSteps(probes);
  return [...apps.map((steps) => renderApp(steps, palette)), renderSum(apps, palette)].join('\n');
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

function renderSum(apps: readonly AppSteps[], palette: Palette): string {
  const ticks = apps.flatMap(({ steps }) => steps.flatMap((step) => step.ticks));
  const count = (wanted: Mark): number => ticks.filter(({ mark }) => mark === wanted).length;
  const fixable = apps.filter(({ steps }) =>
    steps.some(
      ({ step, ticks }) => (step === 3 || step === 4) && ticks.some(({ mark }) => mark === 'missing'),
    ),
  );
  return [
    `${BOXES.done} ${count('done')} done   ${BOXES.missing} ${count('missing')} not done   ${BOXES.open} ${count('open')} cannot be told yet`,
    ...fixable.map(
      ({ app }) =>
        `Steps 3 and 4 of app ${app.id}, as one script: ${palette.strong(`mailprobe setup-script --app ${app.id}`)}`,
    ),
    'What is behind each verdict, and how to fix it: mailprobe check MAILBOX. The steps: docs/setup.md',
    '',
  ].join('\n');
}
