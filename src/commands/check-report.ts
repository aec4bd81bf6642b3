/**
 * Renders the output of `check` for people: the summary first and last, the stages of each probe or a table of the
 * mailboxes, and each cause once in full. Pure except for the palette.
 */
import { exitCodeOf, type CheckedTarget, type CheckResult, type Thresholds } from './check-result.ts';
import { groupCauses, summarize, type CauseGroup } from './check-summary.ts';
import { EXIT } from './command.ts';
import { renderStages } from './stage-list.ts';
import { flow, type Palette } from './palette.ts';
import { renderVerdict } from './verdict.ts';

/** Up to this many probes are shown with all their stages. More are shown as a table. */
const MOST_IN_FULL = 4;
const MOST_NAMES = 8;
const NAME_WIDTH = 16;
const PROTOCOLS_WIDTH = 9;
const STAGE_WIDTH = 8;

export function renderText(result: CheckResult, thresholds: Thresholds, palette: Palette): string {
  const { targets } = result;
  const inFull = targets.length <= MOST_IN_FULL && targets.every(({ evidence }) => evidence !== undefined);
  const summary = renderSummary(result, thresholds, palette);
  const causes = groupCauses(targets).map((group) => renderCause(group, targets, palette));
  return [
    ...(targets.length > 1 ? [summary] : []),
    inFull
      ? targets.map((target) => renderSingle(target, palette)).join('\n')
      : renderTable(targets, palette),
    ...causes,
    ...onlyTimeCanTell(targets).map((text) => flowed(text, palette)),
    ...(result.note === undefined ? [] : [flowed(result.note, palette)]),
    summary,
  ].join('\n');
}

function flowed(text: string, palette: Palette): string {
  return `${flow(text, palette, { first: '', style: palette.faint })}\n`;
}

/** Returns a sentence for each group of probes whose first cause could change if the past were known. */
function onlyTimeCanTell(targets: readonly CheckedTarget[]): readonly string[] {
  const alike = Map.groupBy(
    targets.filter(({ overTime = [] }) => overTime.length > 0),
    ({ diagnoses, overTime }) => `${diagnoses[0]?.cause} ${JSON.stringify(overTime)}`,
  );
  return Array.from(alike.values(), (own) => {
    const [first] = own;
    const others = (first?.overTime ?? []).map(({ condition, cause }) => `${cause}, if ${condition}`);
    return `A single probe does not know the past, but the daemon does. For ${namesOf(own)}, ${first?.diagnoses[0]?.cause} is the likeliest cause here. With the past, it may be another one: ${others.join('; ')}.`;
  });
}

function renderSummary(result: CheckResult, thresholds: Thresholds, palette: Palette): string {
  const code = exitCodeOf(result, thresholds);
  const tone = code === EXIT.ok ? palette.good : code === EXIT.critical ? palette.bad : palette.doubtful;
  return `${tone(`${summarize(result, thresholds)}.`)}\n`;
}

function renderSingle(target: CheckedTarget, palette: Palette): string {
  const { mailbox, address, protocol, endpoint = '', evidence } = target;
  const heading = `${palette.strong(mailbox)}  ${address}  ${protocol}  ${palette.faint(endpoint)}`;
  return `${heading}\n${evidence === undefined ? '' : renderStages(evidence, palette)}`;
}

/** Renders a line per mailbox, or one per protocol if their results differ. */
function renderTable(targets: readonly CheckedTarget[], palette: Palette): string {
  const rows = Map.groupBy(
    targets,
    (target) => `${target.mailbox} ${target.state} ${target.failedStage} ${target.diagnoses[0]?.cause}`,
  );
  return Array.from(rows.values(), (row) => `${renderRow(row, palette)}\n`).join('');
}

function renderRow(row: readonly CheckedTarget[], palette: Palette): string {
  const [target] = row;
  if (target === undefined) return '';
  const { mailbox, state, failedStage = '', diagnoses, note } = target;
  const tone = { open: palette.good, down: palette.bad, unknown: palette.doubtful }[state];
  const mark = { open: '✓', down: '✗', unknown: '?' }[state];
  const protocols = row.map(({ protocol }) => protocol).join(' ');
  const where = state === 'open' ? 'opens' : failedStage;
  return [
    `${tone(mark)} ${mailbox.padEnd(NAME_WIDTH)} ${palette.faint(protocols.padEnd(PROTOCOLS_WIDTH))}`,
    `${tone(where.padEnd(STAGE_WIDTH))} ${diagnoses[0]?.cause ?? note ?? ''}`,
  ]
    .join(' ')
    .trimEnd();
}

function renderCause(
  { leader, alternatives, targets }: CauseGroup,
  all: readonly CheckedTarget[],
  palette: Palette,
): string {
  const hits = all.length === 1 ? {} : { hits: namesOf(targets) };
  return renderVerdict(leader, palette, { alternatives, ...hits });
}

/** Returns the names of the mailboxes with their protocols: `lab (imap), plm (imap, pop3) and 12 more`. */
function namesOf(targets: readonly CheckedTarget[]): string {
  const byMailbox = Map.groupBy(targets, ({ mailbox }) => mailbox);
  const names = Array.from(
    byMailbox,
    ([mailbox, own]) => `${mailbox} (${own.map(({ protocol }) => protocol).join(', ')})`,
  );
  const more = names.length - MOST_NAMES;
  return more <= 1 ? names.join(', ') : `${names.slice(0, MOST_NAMES).join(', ')} and ${more} more`;
}
