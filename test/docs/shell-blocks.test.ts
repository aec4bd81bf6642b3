/**
 * Every shell block of README and docs is run as it stands, in a folder of its own, or says above it why it cannot be:
 * `<!-- not runnable: REASON -->`. Only the ports are others, so that two runs do not meet.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePortRun, freePorts } from '../support/free-ports.ts';
import { until } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Runs until it is ended. */
const SERVICE = /^(?:mailprobe (?:sandbox|serve|demo)\b|curl -sN)/;
/** `mailprobe sandbox --port` listens on so many in a row. */
const SANDBOX_PORTS = 7;
/** Its exit code is the state of the mailboxes. */
const CHECK = /^mailprobe check\b/;

interface Block {
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly reason: string | undefined;
}

function blocksOf(markdown: string): readonly Block[] {
  const fence = /(?:<!-- not runnable: (?<reason>[^\n]+) -->\n+)?^```(?<language>\w*)\n(?<text>[^]*?)^```$/gm;
  return [...markdown.matchAll(fence)].map(({ index, groups = {} }) => ({
    line: markdown.slice(0, index).split('\n').length,
    language: groups['language'] ?? '',
    text: groups['text'] ?? '',
    reason: groups['reason'],
  }));
}

/** One command each, without its comment; what is continued by a backslash is one. */
function commandsOf({ text }: Block): readonly string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+#\s.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'helm/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map((path) => ({ path, blocks: blocksOf(readFileSync(join(ROOT, path), 'utf8')) }));

test('every block names its language', () => {
  const untold = documents.flatMap(({ path, blocks }) =>
    blocks.filter(({ language }) => language === '').map(({ line }) => `${path}:${line}`),
  );
  expect(untold).toEqual([]);
});

const runnable = documents
  .map(({ path, blocks }) => ({
    path,
    blocks: blocks.filter(({ language, reason }) => language === 'sh' && reason === undefined),
  }))
  .filter(({ blocks }) => blocks.length > 0);

test('there are some', () => {
  expect(runnable.map(({ path }) => path)).toContain('docs/sandbox.md');
});

let folder: string;
let services: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailprobe-docs-'));
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(ROOT, 'bin/mailprobe.cjs'), join(folder, 'bin/mailprobe'));
  writeFileSync(join(folder, 'error.log'), 'AADSTS7000222: The provided client secret keys are expired.\n');
});
afterEach(async () => {
  const ends = services
    .filter(({ exitCode }) => exitCode === null)
    .map(async (child) => await once(child, 'exit'));
  for (const { pid } of services) if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  await Promise.all(ends);
  services = [];
  rmSync(folder, { recursive: true, force: true });
});

function start(command: string, cwd: string): ChildProcess {
  const PATH = [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter);
  return spawn('bash', ['-euo', 'pipefail', '-c', command], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, PATH },
  });
}

/** Until it has said something; the daemon, until it is ready. */
async function startService(command: string, cwd: string, port: number): Promise<void> {
  const lab = join(cwd, 'lab/mailprobe.yaml');
  if (command.startsWith('mailprobe serve') && !readFileSync(lab, 'utf8').includes('listen:')) {
    writeFileSync(lab, `listen: 127.0.0.1:${port}\n${readFileSync(lab, 'utf8')}`);
  }
  const child = start(command, cwd);
  services.push(child);
  const said = once(child.stdout ?? child, 'data');
  const ended = once(child, 'exit').then(() => {
    throw new Error(`"${command}" ended`);
  });
  ended.catch(() => undefined);
  await Promise.race([said, ended]);
  if (!command.startsWith('mailprobe serve')) return;
  const isReady = async (): Promise<true | undefined> =>
    await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => (ok ? true : undefined),
      () => undefined,
    );
  await until('the daemon to listen', isReady);
}

async function run(command: string, cwd: string): Promise<string> {
  const child = start(command, cwd);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += String(data)));
  const [code] = await once(child, 'close');
  const isFine = code === 0 || (CHECK.test(command) && (code === 1 || code === 2));
  return isFine ? '' : `"${command}" ended with ${code}: ${output}`;
}

describe.each(runnable)('$path', ({ blocks }) => {
  test('its commands do what it says', async () => {
    const [daemon = 0] = await freePorts(1);
    const first = await freePortRun(SANDBOX_PORTS);
    const commands = blocks
      .flatMap(commandsOf)
      .map((command) =>
        command.replaceAll(/\b11000\b/g, String(first)).replaceAll(/\b10993\b/g, String(daemon)),
      );
    if (!commands.some((command) => command.startsWith('mailprobe sandbox'))) {
      await startService(`mailprobe sandbox --port ${first} --directory ./lab`, folder, daemon);
      await startService('mailprobe serve --config ./lab/mailprobe.yaml', folder, daemon);
    }
    const failures: string[] = [];
    for (const command of commands) {
      const usesOwnFile =
        /^mailprobe (?:check|setup-script|config)\b/.test(command) && !command.includes('--config');
      const cwd = usesOwnFile && existsSync(join(folder, 'lab')) ? join(folder, 'lab') : folder;
      if (SERVICE.test(command)) await startService(command, folder, daemon);
      else failures.push(await run(command, cwd));
    }
    expect(failures.filter((failure) => failure !== '')).toEqual([]);
  });
});
