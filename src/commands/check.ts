/**
 * `check`: probes the named mailboxes (or all) once, or reads their state from a running daemon, and prints the
 * verdicts. `--watch` probes unhealthy mailboxes again, with a pause between rounds, until they are healthy.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import { failedStages } from '../model/evidence.ts';
import { traceText } from '../report/trace-text.ts';
import { createRedactor } from '../model/redactor.ts';
import type { Target } from '../model/target.ts';
import { askDaemon } from './check-daemon.ts';
import { renderChecklist, type ChecklistOptions } from './check-list.ts';
import { renderNagios, renderNagiosUnknown } from './check-nagios.ts';
import { parseCheckOptions, type CheckOptions } from './check-options.ts';
import { renderText } from './check-report.ts';
import { checkedProbe, daysOf, exitCodeOf, type CheckResult } from './check-result.ts';
import { EXIT, UsageError, type Command, type CommandIo } from './command.ts';
import { chooseTargets } from './choose-targets.ts';
import { DEFAULT_CONFIG_FILE } from './config-option.ts';
import { DaemonError } from './get-json.ts';
import { createPalette, type Palette } from './palette.ts';
import { createProber, type CorroboratingProbe, type DiagnosedProbe, type Prober } from './probe-once.ts';
import { createProgress } from './progress.ts';

/**
 * Pause between rounds. Exchange limits connections per mailbox, and changes in Exchange take minutes to become
 * effective.
 */
const WATCH_PAUSE_MS = 30_000;

export const check: Command = checkEvery(WATCH_PAUSE_MS);

/** Returns the command with a given pause between the rounds of `--watch`. */
export function checkEvery(pauseMs: number): Command {
  return async (args, io) => {
    try {
      const options = parseCheckOptions(args);
      return options.daemon === undefined
        ? await checkHere(options, io, pauseMs)
        : await checkThere(options, options.daemon, io);
    } catch (error) {
      if (asksForNagios(args)) return printUnknown(error, io);
      if (!(error instanceof CannotCheck) && !(error instanceof DaemonError)) throw error;
      io.stderr.write(error instanceof CannotCheck ? error.report : `mailprobe check: ${error.message}\n`);
      return EXIT.unknown;
    }
  };
}

/** Thrown if the configuration has errors. The message is one line. `report` contains all errors. */
class CannotCheck extends Error {
  override readonly name = 'CannotCheck';
  readonly report: string;

  constructor(message: string, report: string) {
    super(message);
    this.report = report;
  }
}

/** Does not parse the command line, because it may be invalid. Even then, the error must be in Nagios' format. */
function asksForNagios(args: readonly string[]): boolean {
  return args.includes('--format=nagios') || args[args.indexOf('--format') + 1] === 'nagios';
}

function printUnknown(error: unknown, io: CommandIo): number {
  const isOurs = error instanceof UsageError || error instanceof CannotCheck || error instanceof DaemonError;
  io.stdout.write(
    createRedactor().redact(
      renderNagiosUnknown(isOurs ? error.message : `a bug in mailprobe: ${describe(error)}`),
    ),
  );
  if (error instanceof CannotCheck) io.stderr.write(error.report);
  return EXIT.unknown;
}

async function checkThere(
  options: CheckOptions,
  daemon: NonNullable<CheckOptions['daemon']>,
  io: CommandIo,
): Promise<number> {
  const result = await askDaemon(daemon, options, io);
  io.stdout.write(createRedactor().redact(render(result, options, createPalette(io))));
  return exitCodeOf(result, options.thresholds);
}

async function checkHere(options: CheckOptions, io: CommandIo, pauseMs: number): Promise<number> {
  const loaded = await loadConfig(options.configFile, io);
  if (!loaded.ok) {
    const [first, ...others] = formatErrors(loaded.errors).trimEnd().split('\n');
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    throw new CannotCheck(`${first ?? ''}${more}`, formatErrors(loaded.errors));
  }
  const targets = chooseTargets(loaded.config, options);
  const redactor = createRedactor();
  const palette = createPalette(io);
  const progress = createProgress(options.format === 'text' ? io : undefined);
  const prober = createProber(loaded.config, {
    env: io.env,
    files: io.files,
    redactor,
    onProbe: progress.count,
    isTraced: options.trace,
    onBug: (error) =>
      io.stderr.write(redactor.redact(`A bug in mailprobe, please report it: ${describe(error)}\n`)),
  });
  const print = (result: CheckResult, probes: readonly DiagnosedProbe[]): void => {
    const text = options.checklist
      ? renderChecklist(probes, checklistOptions(loaded.config, options, targets), palette)
      : render(result, options, palette) + (options.format === 'text' ? tracesOf(probes) : '');
    io.stdout.write(redactor.redact(text));
  };
  // Notes stay off standard output in the formats that programs read.
  const note = (text: string): void => {
    (options.format === 'text' ? io.stdout : io.stderr).write(redactor.redact(`${palette.faint(text)}\n`));
  };
  try {
    progress.begin(targets.length);
    const first = await prober.probe(targets, io.signal);
    progress.end();
    const result = resultOf(first.probes, prober);
    const corroborating =
      first.corroborating.length === 0 ? undefined : describeCorroborating(first.corroborating);
    print({ ...result, ...(corroborating === undefined ? {} : { note: corroborating }) }, first.probes);
    if (corroborating !== undefined && options.format !== 'text') note(corroborating);
    if (!options.watch) return exitCodeOf(result, options.thresholds);
    const last = await watch(first.probes, { targets, prober, options, print, note, pauseMs, io });
    return exitCodeOf(resultOf(last, prober), options.thresholds);
  } finally {
    progress.end();
    prober.close();
  }
}

interface Watching {
  readonly targets: readonly Target[];
  readonly prober: Prober;
  readonly options: CheckOptions;
  readonly print: (result: CheckResult, probes: readonly DiagnosedProbe[]) => void;
  readonly note: (text: string) => void;
  readonly pauseMs: number;
  readonly io: CommandIo;
}

/** Probes until everything is healthy, and prints changes. Returns the last probe of each target. */
async function watch(
  first: readonly DiagnosedProbe[],
  watching: Watching,
): Promise<readonly DiagnosedProbe[]> {
  const { targets, prober, options, print, note, pauseMs, io } = watching;
  const isHealthy = (probes: readonly DiagnosedProbe[]): boolean =>
    exitCodeOf({ targets: probes.map(checkedProbe), credentials: [] }) === EXIT.ok;
  let probes = first;
  while (!isHealthy(probes)) {
    await delay(pauseMs, undefined, { signal: io.signal }).catch(() => undefined);
    if (io.signal.aborted) break;
    const before = probes;
    const pending = before.filter((probe) => !isHealthy([probe])).map(({ target }) => target);
    const { probes: fixed } = await prober.probe(pending, io.signal);
    // Mailboxes that were healthy may have failed meanwhile. Probe them once more before success is reported.
    const others = targets.filter((target) => !pending.includes(target));
    const isLast = isHealthy(fixed) && others.length > 0;
    const again = isLast ? [...fixed, ...(await prober.probe(others, io.signal)).probes] : fixed;
    probes = before.map((probe) => again.find(({ target }) => target === probe.target) ?? probe);
    const changed = again.flatMap((probe) => {
      const was = before.find(({ target }) => target === probe.target);
      return was === undefined || describeVerdict(was) === describeVerdict(probe) ? [] : [{ was, probe }];
    });
    const time = new Date().toISOString();
    if (changed.length === 0) note(`${time} no change, ${pending.length} not healthy yet`);
    for (const { was, probe } of changed) {
      note(`${time} ${nameOf(probe)}: ${describeVerdict(was)} -> ${describeVerdict(probe)}`);
    }
    const shown = options.checklist ? probes : changed.map(({ probe }) => probe);
    if (changed.length > 0) print(resultOf(shown, prober), shown);
  }
  return probes;
}

/** Returns the dialogues of the probes as text. Empty if no trace was requested. */
function tracesOf(probes: readonly DiagnosedProbe[]): string {
  return probes
    .flatMap((probe) =>
      probe.trace === undefined
        ? []
        : [
            `\nTrace of ${nameOf(probe)} (C: sent, S: received):\n\n${traceText(probe.evidence, probe.trace)}`,
          ],
    )
    .join('');
}

function resultOf(probes: readonly DiagnosedProbe[], prober: Prober): CheckResult {
  const apps = [...new Set(probes.map(({ target }) => target.app))];
  return {
    targets: probes.map(checkedProbe),
    credentials: prober.credentialsOf(apps).flatMap((credential) => daysOf(credential, Date.now())),
  };
}

function render(result: CheckResult, { format, thresholds }: CheckOptions, palette: Palette): string {
  switch (format) {
    case 'text':
      return renderText(result, thresholds, palette);
    case 'json':
      return `${JSON.stringify({ probes: result.targets.map(({ json }) => json) }, null, 2)}\n`;
    case 'nagios':
      return renderNagios(result, thresholds);
  }
}

/** Returns the apps of the named mailboxes. If none are named, all apps, even those without mailboxes. */
function checklistOptions(
  { apps }: Config,
  { mailboxes, configFile }: CheckOptions,
  targets: readonly Target[],
): ChecklistOptions {
  const named = new Set(targets.map(({ app }) => app.id));
  return {
    apps: mailboxes.length === 0 ? apps : apps.filter(({ id }) => named.has(id)),
    ...(configFile === DEFAULT_CONFIG_FILE ? {} : { configFile }),
  };
}

/** Returns the result and the main causes as text. `--watch` reports a change if this text differs. */
function describeVerdict({ success, diagnoses }: DiagnosedProbe): string {
  const causes = diagnoses
    .filter(({ alternativeTo }) => alternativeTo === undefined)
    .map(({ cause }) => cause);
  return [...(success ? ['opens'] : []), ...causes].join(', ');
}

function describeCorroborating(probes: readonly CorroboratingProbe[]): string {
  const results = probes.map((probe) => {
    const failed = failedStages(probe.evidence)[0];
    return `${nameOf(probe)} ${probe.success ? 'opens' : `fails at ${failed?.stage ?? 'no stage'}`}`;
  });
  return `Also probed, to see how many mailboxes are affected: ${results.join('; ')}.`;
}

function nameOf({ target }: CorroboratingProbe): string {
  return `${target.mailbox.id} ${target.protocol}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
