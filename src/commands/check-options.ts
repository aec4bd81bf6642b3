/** Reads and validates the options of `check`. Throws `UsageError`. */
import { PROTOCOL_IDS } from '../model/protocol.ts';
import { UsageError } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import type { Thresholds } from './check-result.ts';

export const CHECK_FORMATS = ['text', 'json', 'nagios'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

export interface DaemonOptions {
  readonly url: URL;
  readonly tokenFile: string | undefined;
  readonly caFile: string | undefined;
}

export interface CheckOptions {
  readonly mailboxes: readonly string[];
  readonly configFile: string;
  readonly protocol: string | undefined;
  readonly format: CheckFormat;
  /** Print the ticked steps of the set-up guide in place of the verdicts. */
  readonly checklist: boolean;
  readonly watch: boolean;
  /** Print the dialogue of each probe. */
  readonly trace: boolean;
  readonly thresholds: Thresholds;
  /** Read the results from this daemon, and do not probe. */
  readonly daemon: DaemonOptions | undefined;
}

export function parseCheckOptions(args: readonly string[]): CheckOptions {
  const { values, positionals } = parseCommandLine(COMMAND_SPECS.check, args);
  const format = CHECK_FORMATS.find((known) => known === values.format);
  if (format === undefined) {
    throw new UsageError(`--format expects ${CHECK_FORMATS.join(' or ')}, got "${values.format}"`);
  }
  if (values.checklist === true && format !== 'text') {
    throw new UsageError(`--checklist is printed as text, not as ${format}`);
  }
  if (values.protocol !== undefined && !PROTOCOL_IDS.some((known) => known === values.protocol)) {
    throw new UsageError(`--protocol expects ${PROTOCOL_IDS.join(' or ')}, got "${values.protocol}"`);
  }
  if (values.trace === true && (format === 'nagios' || values.checklist === true)) {
    throw new UsageError('--trace is printed as text or JSON, without --checklist');
  }
  const daemon = readDaemon(values);
  if (daemon !== undefined && values.trace === true) {
    throw new UsageError(
      '--trace needs a probe, and --from makes none: ask the daemon, GET /probe?target=MAILBOX&module=imap&debug=true',
    );
  }
  if (daemon !== undefined && (values.checklist === true || values.watch === true)) {
    throw new UsageError('--from reads once from a daemon: leave out --checklist and --watch, which probe');
  }
  return {
    mailboxes: positionals,
    configFile: values.config,
    protocol: values.protocol,
    format,
    checklist: values.checklist === true,
    watch: values.watch === true,
    trace: values.trace === true,
    thresholds: readThresholds(values.warning, values.critical),
    daemon,
  };
}

interface DaemonValues {
  readonly from?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly 'ca-file'?: string | undefined;
}

function readDaemon(values: DaemonValues): DaemonOptions | undefined {
  const { from, 'token-file': tokenFile, 'ca-file': caFile } = values;
  if (from === undefined) {
    if (tokenFile === undefined && caFile === undefined) return undefined;
    throw new UsageError('--token-file and --ca-file need --from');
  }
  const url = URL.canParse(from) ? new URL(from) : undefined;
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === undefined || !isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError('--from expects an http or https URL such as http://127.0.0.1:10993');
  }
  return { url, tokenFile, caFile };
}

function readThresholds(warning: string | undefined, critical: string | undefined): Thresholds {
  const warningDays = readDays('--warning', warning);
  const criticalDays = readDays('--critical', critical);
  if (warningDays !== undefined && criticalDays !== undefined && criticalDays > warningDays) {
    throw new UsageError('expected --critical to be fewer days than --warning');
  }
  return {
    ...(warningDays === undefined ? {} : { warningDays }),
    ...(criticalDays === undefined ? {} : { criticalDays }),
  };
}

/** Parses `14`, or `14:`, which is a range of the monitoring plugins. */
function readDays(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const [, digits] = /^(\d{1,5}):?$/.exec(given) ?? [];
  if (digits === undefined) throw new UsageError(`${option} expects a number of days, such as 14`);
  return Number(digits);
}
