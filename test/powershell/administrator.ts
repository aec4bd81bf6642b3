/**
 * An administrator who does what mailprobe prints, and nothing else: probes with `check`, pastes the commands of the
 * verdict into two windows, one for Graph and one for Exchange, and probes again.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { check } from '../../src/commands/check.ts';
import type { Cloud } from '../../src/model/microsoft365.ts';
import { configFor, type ConfigFileOptions } from '../../src/sandbox/config-file.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { PATIENT } from '../support/patient.ts';
import { runCommand } from '../support/run-command.ts';
import type { Outcome, PowerShell, RunOptions, Window } from './power-shell.ts';
import { WAIT_MS } from '../support/limits.ts';

export interface PrintedStep {
  readonly text: string;
  readonly command?: string;
  readonly shell?: string;
}

export interface PrintedDiagnosis {
  readonly cause: string;
  readonly alternative_to?: string;
  readonly fix: readonly PrintedStep[];
}

export interface PrintedProbe {
  readonly mailbox: string;
  readonly protocol: string;
  readonly ok: boolean;
  readonly diagnoses: readonly PrintedDiagnosis[];
}

export interface Configured {
  readonly file: string;
  readonly directory: string;
  readonly close: () => Promise<void>;
}

/** An ordinary configuration of this sandbox; `cloud` as an operator of that cloud would write it. */
export async function configure(
  sandbox: Sandbox,
  options: ConfigFileOptions = {},
  cloud: Cloud = 'global',
): Promise<Configured> {
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  const file = await configFor(sandbox, directory, { ...PATIENT, ...options });
  if (cloud !== 'global') {
    const configuration: { apps: object[] } = parse(await readFile(file, 'utf8'));
    configuration.apps = configuration.apps.map((app) => ({ ...app, cloud }));
    await writeFile(file, stringify(configuration));
  }
  return { file, directory, close: async () => await rm(directory, { recursive: true, force: true }) };
}

export async function probe(config: string): Promise<readonly PrintedProbe[]> {
  const { stdout, stderr } = await runCommand(check, ['--format', 'json', '--config', config]);
  if (stdout === '') throw new Error(stderr);
  const printed: Readonly<Record<string, readonly PrintedProbe[]>> = JSON.parse(stdout);
  const [probes] = Object.values(printed);
  if (probes === undefined) throw new Error('check printed no probes');
  return probes;
}

/** Each cause once, in the order in which the probes name it. */
export function diagnosesOf(probes: readonly PrintedProbe[]): readonly PrintedDiagnosis[] {
  const all = probes.flatMap(({ diagnoses }) => diagnoses);
  return [...new Map(all.map((diagnosis) => [diagnosis.cause, diagnosis])).values()];
}

/** The other shell commands only look, at hosts that no test reaches. */
const MAKES_A_FILE = /^openssl req /;

/** Puts the certificate that a fix has made in the place of the secret. */
export async function useCertificate({ file }: Pick<Configured, 'file'>): Promise<void> {
  const configuration: { apps: object[] } = parse(await readFile(file, 'utf8'));
  const credential = { certificate_file: 'mailprobe.crt', private_key_file: 'mailprobe.key' };
  configuration.apps = configuration.apps.map((app) => ({ ...app, credential }));
  await writeFile(file, stringify(configuration));
}

export interface Desk {
  /** Pastes the commands of a fix. `replace` puts real values in the place of what the text names. */
  readonly follow: (
    fix: readonly PrintedStep[],
    replace?: (command: string, soFar: readonly Outcome[]) => string,
    options?: RunOptions,
  ) => Promise<readonly Outcome[]>;
  readonly exchange: Window;
  readonly graph: Window;
  readonly close: () => Promise<void>;
}

/** `directory`: the administrator's folder, in which files are made, too. */
export async function openDesk(shell: PowerShell, directory: string): Promise<Desk> {
  const graph = await shell.open();
  const exchange = await shell.open();
  await graph.run(`Set-Location '${directory}'`);
  return {
    graph,
    exchange,
    follow: async (fix, replace = (command) => command, options = {}) => {
      const outcomes: Outcome[] = [];
      for (const { command, shell: language } of fix) {
        if (command === undefined) continue;
        if (language === 'sh' && MAKES_A_FILE.test(command)) {
          await promisify(execFile)('sh', ['-c', command], { cwd: directory, timeout: WAIT_MS });
        }
        if (language !== 'powershell') continue;
        const text = replace(command, outcomes);
        const window = text.includes('-Mg') ? graph : exchange;
        outcomes.push(await window.paste(text, /-Confirm|^Remove-/m.test(text) ? options : {}));
      }
      return outcomes;
    },
    close: async () => {
      await graph.close();
      await exchange.close();
    },
  };
}
