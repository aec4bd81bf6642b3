/**
 * `init`: writes a first configuration from the four strings of the set-up guide, with the secret in a file that only
 * its owner can read. It replaces no file, and writes either everything or nothing. Connects to nothing.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { configSchema } from '../config/json-schema.ts';
import { loadConfig } from '../config/load.ts';
import { formatErrors } from '../config/config-error.ts';
import { EXIT, UsageError, type Command, type CommandIo } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { gatherAnswers, type Answers } from './init-answers.ts';
import { renderFirstConfig, SCHEMA_FILE } from './init-file.ts';
import { ownName } from './own-name.ts';

const SECRETS_FOLDER = 'secrets';

interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
  /** True if an existing file is kept. */
  readonly mayExist?: boolean;
}

export const init: Command = async (args, io) => {
  const { values } = parseCommandLine(COMMAND_SPECS.init, args);
  const folder = dirname(values.config);
  // Checked before any question is asked, so that no answer is lost.
  if (existsSync(values.config)) throw new UsageError(describeFailure(values.config, 'EEXIST'));
  const given = values['secret-file'];
  const ownSecretFile = given === undefined || given === '-' ? undefined : pathFrom(folder, given);
  const gathered = await gatherAnswers(
    {
      app: values.app,
      tenant: values.tenant,
      clientId: values['client-id'],
      mailboxes: values.mailbox,
      hasSecretFile: ownSecretFile !== undefined,
      secretFromStdin: given === '-',
    },
    io,
  );
  if (!gathered.ok) {
    const faults = gathered.faults.map((fault) => `mailprobe init: ${fault}\n`);
    io.stderr.write(`${faults.join('')}Nothing is written. "mailprobe init --help" has an example.\n`);
    return EXIT.unknown;
  }
  const files = filesFor(gathered.answers, values.config, ownSecretFile);
  await writeAll(files);
  io.stdout.write(
    files.map(({ path, mode }) => `wrote ${path}${mode === 0o600 ? ' (mode 0600)' : ''}\n`).join(''),
  );
  return await checkResult(values.config, io);
};

function filesFor(
  answers: Answers,
  configFile: string,
  ownSecretFile: string | undefined,
): readonly NewFile[] {
  const folder = dirname(configFile);
  const secretFile = ownSecretFile ?? `${SECRETS_FOLDER}/${answers.app}`;
  const text = renderFirstConfig({ ...answers, secretFile });
  return [
    ...(answers.secret === undefined
      ? []
      : [{ path: join(folder, secretFile), text: `${answers.secret}\n`, mode: 0o600 }]),
    { path: configFile, text, mode: 0o644 },
    {
      path: join(folder, SCHEMA_FILE),
      text: `${JSON.stringify(configSchema(), null, 2)}\n`,
      mode: 0o644,
      mayExist: true,
    },
  ];
}

/**
 * Returns the path for the configuration: absolute if the user gave an absolute path, otherwise relative to the folder
 * of the configuration.
 */
function pathFrom(folder: string, given: string): string {
  return isAbsolute(given) ? given : relative(resolve(folder), resolve(given));
}

/** If a file cannot be written, removes the files that were written before it. */
async function writeAll(files: readonly NewFile[]): Promise<void> {
  const written: string[] = [];
  try {
    for (const { path, text, mode, mayExist } of files) {
      await mkdir(dirname(path), { recursive: true, mode: mode === 0o600 ? 0o700 : 0o755 });
      try {
        await writeFile(path, text, { mode, flag: 'wx' });
        written.push(path);
      } catch (error) {
        if (mayExist === true && codeOf(error) === 'EEXIST') continue;
        throw new UsageError(describeFailure(path, codeOf(error)), { cause: error });
      }
    }
  } catch (error) {
    await Promise.all(written.map(async (path) => await rm(path, { force: true })));
    if (error instanceof UsageError) throw error;
    throw new UsageError(`cannot make the folder (${codeOf(error)}); nothing is written`, { cause: error });
  }
}

function describeFailure(path: string, code: string): string {
  if (code === 'EEXIST') {
    return `${path} exists already; nothing is written. Move it away, or name another file with --config`;
  }
  return `cannot write ${path} (${code}); nothing is written`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
}

async function checkResult(configFile: string, io: CommandIo): Promise<number> {
  const loaded = await loadConfig(configFile, io);
  if (!loaded.ok) {
    io.stderr.write(formatErrors(loaded.errors));
    return EXIT.unknown;
  }
  const { mailboxes, targets } = loaded.config;
  const name = ownName(io);
  const option =
    basename(configFile) === configFile && configFile === 'mailprobe.yaml' ? '' : ` --config ${configFile}`;
  io.stdout.write(
    [
      `The configuration is valid: ${mailboxes.length} ${mailboxes.length === 1 ? 'mailbox' : 'mailboxes'}, ${targets.length} targets.`,
      '',
      'What to do next:',
      `  ${name} setup-script${option} > setup.ps1   steps 3 and 4 of the set-up guide, as a script`,
      `  ${name} check --checklist${option}          tick off the steps`,
      `  ${name} serve${option}                      keep watching`,
      '',
    ].join('\n'),
  );
  return EXIT.ok;
}
