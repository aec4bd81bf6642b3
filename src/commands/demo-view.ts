/**
 * Renders the terminal output of the demo: one row per mailbox, or one per protocol if their verdicts differ, with
 * state, failed stage, verdict and the server's message. It fits 80 columns. Pure: the palette is an argument.
 */
import { failedStages, type Stage } from '../model/evidence.ts';
import type { Problem, TargetStatus } from '../model/status.ts';
import { flow, type Palette } from './palette.ts';

const COLUMNS = 80;
const NAME_WIDTH = 12;
const PROTOCOLS_WIDTH = 9;
const STAGE_WIDTH = 6;
const CAUSE_WIDTH = 28;
const SUBJECT_WIDTH = 20;
const INDENT = 2 + NAME_WIDTH + 1 + PROTOCOLS_WIDTH + 1 + STAGE_WIDTH + 1;
/** Commands that prepare a fix: they install a module or sign in. */
const PREPARATION = /^(?:Install-Module|Connect-)/;
/** The width left for a command on a line of its own, after its indentation. */
const COMMAND_COLUMNS = COLUMNS - 4;

export function narrow(palette: Palette): Palette {
  return { ...palette, columns: Math.min(palette.columns, COLUMNS) };
}

export function renderMailbox(statuses: readonly TargetStatus[], palette: Palette): string {
  const rows = Map.groupBy(statuses, causeOf);
  return [...rows.values()].map((row) => `${renderRow(row, palette)}\n`).join('');
}

function causeOf({ lastProbe }: TargetStatus): string {
  if (lastProbe === undefined) return 'unknown';
  return `${lastProbe.success} ${lastProbe.diagnoses[0]?.cause}`;
}

/** `row`: the targets of one mailbox that have the same verdict. */
function renderRow(row: readonly TargetStatus[], palette: Palette): string {
  const [first] = row;
  if (first === undefined) return '';
  const protocols = row.map(({ target }) => target.protocol).join(' ');
  const name = `${first.target.mailbox.id.padEnd(NAME_WIDTH)} ${palette.faint(protocols.padEnd(PROTOCOLS_WIDTH))}`;
  const { lastProbe } = first;
  if (lastProbe === undefined) return `${palette.faint('·')} ${name} ${palette.faint('not probed yet')}`;
  const [diagnosis] = lastProbe.diagnoses;
  const title = flow(diagnosis?.title ?? '', palette, { first: '', indent: INDENT });
  if (lastProbe.success) {
    const opens = palette.good('opens'.padEnd(STAGE_WIDTH));
    return `${palette.good('✓')} ${name} ${opens} ${palette.doubtful(title)}`.trimEnd();
  }
  const stage = failedStages(lastProbe.evidence)[0];
  return [
    `${palette.bad('✗')} ${name} ${palette.bad((stage?.stage ?? '').padEnd(STAGE_WIDTH))} ${title}`,
    `${' '.repeat(INDENT)}${palette.faint(reasonOf(stage, palette.columns - INDENT))}`,
  ].join('\n');
}

export function renderProblem(problem: Problem, palette: Palette): string {
  const { affectedMailboxes: hit } = problem;
  const dot = problem.severity === 'critical' ? palette.bad('●') : palette.doubtful('●');
  const subject = `${problem.scope} ${problem.subject}`.padEnd(SUBJECT_WIDTH);
  return `${dot} ${problem.cause.padEnd(CAUSE_WIDTH)} ${subject} ${palette.faint(`hits ${hit.length}; for ${problem.owner}`)}`;
}

/** Renders one step of a fix as an example: the first step whose command fits on a line. Empty if there is none. */
export function renderOneFix(problems: readonly Problem[], palette: Palette): string {
  const fixes = problems.flatMap(({ title, fix }) =>
    fix.flatMap(({ text, command }, index) =>
      command === undefined || PREPARATION.test(command)
        ? []
        : [{ title, text: `Step ${index + 1} of ${fix.length}: ${text}`, command }],
    ),
  );
  const one = fixes.find(({ command }) => command.length <= COMMAND_COLUMNS && !command.includes('\n'));
  if (one === undefined) return '';
  return [
    flow(one.title, palette, { first: '', style: palette.strong }),
    flow(one.text, palette, { first: '' }),
    `\n    ${one.command}\n`,
  ].join('\n');
}

function reasonOf(stage: Stage | undefined, length: number): string {
  const message = [stage?.failure?.status, stage?.failure?.text].filter(Boolean).join(' ');
  return message.length > length ? `${message.slice(0, length - 1)}…` : message;
}
