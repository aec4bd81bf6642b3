/**
 * `check`: probes the named mailboxes (or all) once, now, with the ladder of stages and the verdict. `--watch` probes
 * again at what is not healthy, at a polite pace, until it is.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { closest, distance } from 'fastest-levenshtein';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';
import { failedStages } from '../model/evidence.ts';
import { createRedactor } from '../model/redactor.ts';
import { PROTOCOL_IDS } from '../model/protocol.ts';
import { targetKey, type Target } from '../model/target.ts';
import { renderChecklist } from './check-list.ts';
import { CHECK_FORMATS, exitCodeOf, renderCheck, type CheckFormat } from './check-report.ts';
import { EXIT, UsageError, type Command, type CommandIo } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { createProber, type BesideProbe, type JudgedProbe } from './probe-once.ts';
import { createPalette } from './palette.ts';

/** Exchange limits connections per mailbox, and its changes take minutes to apply anyway. */
const WATCH_PAUSE_MS = 30_000;

/** Largest edit distance for a suggestion. */
const MOST_TYPOS = 3;

interface CheckOptions {
  readonly mailboxes: readonly string[];
  readonly configFile: string;
  readonly protocol: string | undefined;
  readonly format: CheckFormat;
  /** The steps of the set-up guide, ticked, in place of the ladders. */
  readonly checklist: boolean;
  readonly watch: boolean;
}

export const check: Command = checkEvery(WATCH_PAUSE_MS);

/** The command with a given pause between the rounds of `--watch`. */
export function checkEvery(pauseMs: number): Command {
  return async (args, io) => await run(parseOptions(args), io, pauseMs);
}

async function run(options: CheckOptions, io: CommandIo, pauseMs: number): Promise<number> {
  const loaded = await loadConfig(options.configFile, io);
  if (!loaded.ok) {
    io.stderr.write(formatProblems(loaded.problems));
    return EXIT.unknown;
  }
  const targets = chooseTargets(loaded.config, options);
  const redactor = createRedactor();
  const palette = createPalette(io);
  const prober = createProber(loaded.config, {
    env: io.env,
    files: io.files,
    redactor,
    onBug: (error) =>
      io.stderr.write(redactor.redact(`A bug in mailprobe, please report it: ${describe(error)}\n`)),
  });
  const print = (probes: readonly JudgedProbe[]): void => {
    const text = options.checklist
      ? renderChecklist(probes, palette)
      : renderCheck(probes, options.format, palette);
    io.stdout.write(redactor.redact(text));
  };
  // Notes stay off standard output in the formats that programs read.
  const note = (text: string): void => {
    (options.format === 'text' ? io.stdout : io.stderr).write(redactor.redact(`${palette.faint(text)}\n`));
  };
  try {
    const first = await prober.probe(targets, io.signal);
    let { probes } = first;
    print(probes);
    if (first.beside.length > 0) note(describeBeside(first.beside));
    while (options.watch && exitCodeOf(probes) !== EXIT.ok && !io.signal.aborted) {
      await delay(pauseMs, undefined, { signal: io.signal }).catch(() => undefined);
      if (io.signal.aborted) break;
      const before = probes;
      const pending = before.filter((probe) => exitCodeOf([probe]) !== EXIT.ok).map(({ target }) => target);
      const { probes: fixed } = await prober.probe(pending, io.signal);
      // The healthy ones may have failed meanwhile: probe them once more before reporting success.
      const others = targets.filter((target) => !pending.includes(target));
      const isLast = exitCodeOf(fixed) === EXIT.ok && others.length > 0;
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
      if (changed.length > 0) print(options.checklist ? probes : changed.map(({ probe }) => probe));
    }
    return exitCodeOf(probes);
  } finally {
    prober.close();
  }
}

function parseOptions(args: readonly string[]): CheckOptions {
  const { values, positionals } = parseCommandLine(COMMAND_SPECS.check, args);
  const format = CHECK_FORMATS.find((known) => known === values.format);
  if (format === undefined) {
    throw new UsageError(`--format expects ${CHECK_FORMATS.join(', ')}, got "${values.format}"`);
  }
  if (values.checklist === true && format !== 'text') {
    throw new UsageError(`--checklist is printed as text, not as ${format}`);
  }
  if (values.protocol !== undefined && !PROTOCOL_IDS.some((known) => known === values.protocol)) {
    throw new UsageError(`--protocol expects ${PROTOCOL_IDS.join(' or ')}, got "${values.protocol}"`);
  }
  return {
    mailboxes: positionals,
    configFile: values.config,
    protocol: values.protocol,
    format,
    checklist: values.checklist === true,
    watch: values.watch === true,
  };
}

function chooseTargets(config: Config, options: CheckOptions): readonly Target[] {
  const known = config.mailboxes.map(({ id }) => id);
  const unknown = options.mailboxes.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const near = closest(unknown, known);
    const hint = distance(unknown, near) <= MOST_TYPOS ? ` Did you mean "${near}"?` : '';
    throw new UsageError(`no mailbox has the id "${unknown}".${hint}`);
  }
  const chosen = config.targets
    .filter(({ mailbox }) => options.mailboxes.length === 0 || options.mailboxes.includes(mailbox.id))
    .filter(({ protocol }) => options.protocol === undefined || options.protocol === protocol);
  if (chosen.length === 0) {
    throw new UsageError(`none of these mailboxes is configured for ${options.protocol}`);
  }
  return chosen.toSorted((a, b) => (targetKey(a) < targetKey(b) ? -1 : 1));
}

/** A change is a different result or different leading causes; the alternatives do not count. */
function describeVerdict({ success, diagnoses }: JudgedProbe): string {
  const causes = diagnoses
    .filter(({ alternativeTo }) => alternativeTo === undefined)
    .map(({ cause }) => cause);
  return [...(success ? ['opens'] : []), ...causes].join(', ');
}

function describeBeside(probes: readonly BesideProbe[]): string {
  const results = probes.map((probe) => {
    const failed = failedStages(probe.evidence)[0];
    return `${nameOf(probe)} ${probe.success ? 'opens' : `fails at ${failed?.stage ?? 'no stage'}`}`;
  });
  return `\nProbed besides, to see how far it reaches: ${results.join('; ')}.`;
}

function nameOf({ target }: BesideProbe): string {
  return `${target.mailbox.id} ${target.protocol}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
