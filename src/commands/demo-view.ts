/**
 * The terminal output of the demo: one row per mailbox, or per protocol if they differ, with state, failed stage,
 * verdict, duration and the server's message. Pure: the palette and the time are arguments.
 */
import { failedStages, type Stage } from '../model/evidence.ts';
import type { Problem, TargetStatus } from '../model/status.ts';
import type { Palette } from './palette.ts';

const NAME_WIDTH = 14;
const PROTOCOLS_WIDTH = 11;
const STAGE_WIDTH = 9;
const MESSAGE_LENGTH = 100;

export function renderFleet(statuses: readonly TargetStatus[], now: number, palette: Palette): string {
  const rows = Map.groupBy(statuses, (status) => `${status.target.mailbox.id} ${causeOf(status)}`);
  return [...rows.values()].map((row) => renderRow(row, now, palette)).join('\n');
}

function causeOf({ lastProbe }: TargetStatus): string {
  if (lastProbe === undefined) return 'unknown';
  return `${lastProbe.success} ${lastProbe.diagnoses[0]?.cause}`;
}

/** Targets of one mailbox with the same verdict. */
function renderRow(row: readonly TargetStatus[], now: number, palette: Palette): string {
  const [first] = row;
  if (first === undefined) return '';
  const protocols = row.map(({ target }) => target.protocol).join(' ');
  const name = `${first.target.mailbox.id.padEnd(NAME_WIDTH)} ${palette.faint(protocols.padEnd(PROTOCOLS_WIDTH))}`;
  const { lastProbe, failingSince } = first;
  if (lastProbe === undefined) return `${palette.faint('·')} ${name} ${palette.faint('not probed yet')}`;
  const [diagnosis] = lastProbe.diagnoses;
  if (lastProbe.success) {
    return `${palette.good('✓')} ${name} ${palette.good('opens'.padEnd(STAGE_WIDTH))} ${palette.doubtful(diagnosis?.title ?? '')}`.trimEnd();
  }
  const stage = failedStages(lastProbe.evidence)[0];
  const since = failingSince === undefined ? '' : `since ${describeAge(now - failingSince)}`;
  const indent = ' '.repeat(2 + NAME_WIDTH + 1 + PROTOCOLS_WIDTH + 1 + STAGE_WIDTH + 1);
  return [
    `${palette.bad('✗')} ${name} ${palette.bad((stage?.stage ?? '').padEnd(STAGE_WIDTH))} ${diagnosis?.title ?? 'unexplained'}`,
    `${indent}${palette.faint(`${since}: ${reasonOf(stage)}`)}`,
  ].join('\n');
}

export function renderProblem(problem: Problem, palette: Palette): string {
  const { affectedMailboxes: hit } = problem;
  const dot = problem.severity === 'critical' ? palette.bad('●') : palette.doubtful('●');
  const who = hit.length === 1 ? (hit[0] ?? '') : `${hit.length} mailboxes`;
  return `${dot} ${problem.cause.padEnd(30)} ${`${problem.scope} ${problem.subject}`.padEnd(24)} ${palette.faint(`hits ${who}; for ${problem.owner}`)}`;
}

function reasonOf(stage: Stage | undefined): string {
  const message = [stage?.failure?.status, stage?.failure?.text].filter(Boolean).join(' ');
  return message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH - 1)}…` : message;
}

/** `40 s`, `3 min`, `2 h`, `5 d`. */
function describeAge(ageMs: number): string {
  const seconds = Math.max(0, Math.round(ageMs / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
