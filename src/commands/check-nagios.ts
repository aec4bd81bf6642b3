/**
 * Renders the output of `check --format nagios`, for Nagios, Icinga and Checkmk: a first line that is enough by itself,
 * details below it, and performance data after a bar. Its length is limited, because the monitors read it through
 * buffers of 4 kB.
 * https://www.monitoring-plugins.org/doc/guidelines.html. Pure.
 */
import { EXIT } from './command.ts';
import {
  exitCodeOf,
  exitCodeOfDays,
  exitCodeOfTarget,
  type CheckedTarget,
  type CheckResult,
  type CredentialDays,
  type Thresholds,
} from './check-result.ts';
import { cleanText } from '../model/text.ts';
import { countMailboxes, summarize } from './check-summary.ts';

const STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;
const LONGEST_FIRST_LINE = 199;
const LONGEST_DETAIL = 250;
const MOST_DETAIL_BYTES = 1_800;
/** Keeps the whole output under 4,096 bytes. */
const MOST_PERFDATA_BYTES = 1_900;

export function renderNagios(result: CheckResult, thresholds: Thresholds): string {
  const code = exitCodeOf(result, thresholds);
  const state = STATES[code] ?? 'UNKNOWN';
  const first = firstLine(`MAILPROBE ${state} - ${headline(result, thresholds)}`);
  const details = renderDetails(result, thresholds);
  const lines = [first, ...details];
  return `${lines.join('\n')} | ${renderPerfdata(result, thresholds).join(' ')}\n`;
}

/** Renders the output if something failed before anything could be checked. */
export function renderNagiosUnknown(reason: string): string {
  return `${firstLine(`MAILPROBE UNKNOWN - ${reason}`)}\n`;
}

/** Returns the text on one line, without bars, because a bar begins the performance data. */
function firstLine(text: string): string {
  return cleanText(text.replaceAll('|', '/'), LONGEST_FIRST_LINE);
}

function headline(result: CheckResult, thresholds: Thresholds): string {
  const summary = summarize(result, thresholds);
  const worst = exitCodeOf(result, thresholds);
  const target = result.targets.find((each) => exitCodeOfTarget(each, thresholds) === worst);
  const credential = result.credentials.find((each) => exitCodeOfDays(each, thresholds) === worst);
  const title =
    target?.diagnoses[0]?.title ??
    target?.note ??
    (credential === undefined ? undefined : `${describeCredential(credential)}.`);
  return title === undefined || worst === EXIT.ok ? `${summary}.` : `${summary}. ${title}`;
}

/** Returns the details, the worst first, so that only the mildest are left out if not all fit. */
function renderDetails(result: CheckResult, thresholds: Thresholds): readonly string[] {
  const codes = result.targets.map((target) => exitCodeOfTarget(target, thresholds));
  const ranked = [EXIT.critical, EXIT.unknown, EXIT.warning, EXIT.ok].flatMap((code) =>
    result.targets.filter((_, at) => codes[at] === code),
  );
  const ends = result.credentials
    .filter((credential) => exitCodeOfDays(credential, thresholds) !== EXIT.ok)
    .map(describeCredential);
  const lines = [...ends, ...ranked.map(describeTarget)].map((line) =>
    cleanText(line.replaceAll('|', '/'), LONGEST_DETAIL),
  );
  const shown = withinBytes(lines, MOST_DETAIL_BYTES);
  return shown.length === lines.length ? lines : [...shown, `and ${lines.length - shown.length} more`];
}

function describeTarget({ mailbox, protocol, state, diagnoses, note }: CheckedTarget): string {
  const why = diagnoses[0]?.title ?? note;
  return `${mailbox} ${protocol} ${state}${why === undefined ? '' : `: ${why}`}`;
}

function describeCredential({ app, daysLeft }: CredentialDays): string {
  return `The credential of app ${app} ${describeDays(daysLeft)}`;
}

function describeDays(days: number): string {
  if (days < 0) return 'has ended';
  return days === 1 ? 'ends in 1 day' : `ends in ${days} days`;
}

/** Returns the performance data. Each run must write the same series, so either all mailboxes are listed or none. */
function renderPerfdata(result: CheckResult, thresholds: Thresholds): readonly string[] {
  const { targets, credentials } = result;
  const { open, down, unknown, all } = countMailboxes(targets);
  const sums = [
    `mailboxes=${all};;;0`,
    ...Object.entries({ open, down, unknown }).map(([state, count]) => `${state}=${count};;;0;${all}`),
  ];
  const range = (days: number | undefined): string => (days === undefined ? '' : `${days}:`);
  const days = credentials.map(
    ({ app, daysLeft }) =>
      `'${app}_days_left'=${daysLeft};${range(thresholds.warningDays)};${range(thresholds.criticalDays)}`,
  );
  const single = targets.flatMap(perfdataOf);
  const fits = (items: readonly string[]): boolean =>
    Buffer.byteLength(items.join(' ')) <= MOST_PERFDATA_BYTES;
  return (
    [
      [...sums, ...days, ...single],
      [...sums, ...days],
    ].find(fits) ?? sums
  );
}

function perfdataOf({ mailbox, protocol, seconds, messages }: CheckedTarget): readonly string[] {
  const label = `${mailbox}_${protocol}`;
  const duration = seconds === undefined ? [] : [`'${label}_seconds'=${seconds.toFixed(3)}s;;;0`];
  return messages === undefined ? duration : [...duration, `'${label}_messages'=${messages};;;0`];
}

function withinBytes(lines: readonly string[], most: number): readonly string[] {
  let bytes = 0;
  const end = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1;
    return bytes > most;
  });
  return end === -1 ? lines : lines.slice(0, end);
}
