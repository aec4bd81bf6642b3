/** `mailprobe explain`: what goes in, what comes out, and with which exit code. */
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../src/commands/command.ts';
import { explain } from '../../src/commands/explain.ts';
import { explainResponseSchema } from '../../src/report/resource/explanation.ts';
import { aJwt, GOOD_CLAIMS } from '../cases/text-case.ts';
import { putFifo } from '../support/fifo.ts';
import { files } from '../support/files.ts';

const EXPIRED =
  "AADSTS7000222: The provided client secret keys for app '66666666-7777-8888-9999-000000000000' are expired.";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-explain-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(
  args: readonly string[],
  input: string | Uint8Array = '',
  signal = new AbortController().signal,
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await explain(args, {
    stdin: Readable.from([Buffer.from(input)]),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env: {},
    files,
    signal,
  });
  return { code, out: out.join(''), err: err.join('') };
}

describe('reads', () => {
  test('standard input', async () => {
    const { code, out } = await run([], EXPIRED);
    expect(code).toBe(0);
    expect(out).toContain('secret-expired, certain');
    expect(out).toContain('Add-MgApplicationPassword');
  });

  test('a file', async () => {
    const file = join(directory, 'log.txt');
    await writeFile(file, EXPIRED);
    expect((await run([file])).out).toContain('secret-expired');
  });

  test.each([
    ['UTF-16 with a byte order mark, as PowerShell writes it', Buffer.from(`\uFEFF${EXPIRED}`, 'utf16le')],
    ['UTF-16 without one', Buffer.from(EXPIRED, 'utf16le')],
    ['Windows-1252', Buffer.from(`\x93${EXPIRED}\x94`, 'latin1')],
  ])('%s', async (_name, bytes) => {
    expect((await run([], bytes)).out).toContain('secret-expired');
  });
});

describe('writes', () => {
  test('JSON in which a diagnosis has the members that it has everywhere', async () => {
    const { code, out } = await run(['--format', 'json'], EXPIRED);
    expect(code).toBe(0);
    expect(() => explainResponseSchema.parse(JSON.parse(out))).not.toThrow();
    await expect(out).toMatchFileSnapshot('../golden/commands/explain-secret-expired.json');
  });

  test('text that leads with the likeliest, and names the others in a line each', async () => {
    const { out } = await run([], "imaplib.IMAP4.error: b'AUTHENTICATE failed.'");
    await expect(out).toMatchFileSnapshot('../golden/commands/explain-refused.txt');
  });

  test('which program wrote the text, where its form is known', async () => {
    const { out } = await run([], 'mbsync: A2 NO AUTHENTICATE failed.');
    expect(out).toContain('The text was written by mbsync.');
  });

  test('no token that was pasted', async () => {
    const token = aJwt({ ...GOOD_CLAIMS, aud: 'https://graph.microsoft.com' });
    for (const format of ['text', 'json']) {
      const { out } = await run(['--format', format], `token=${token}`);
      expect(out).toContain('wrong-audience');
      expect(out).not.toMatch(/eyJ[\w-]{8}/);
    }
  });
});

describe('ends with exit code 3', () => {
  test.each([
    ['when nothing is recognized', [], 'Hello.', 'Nothing was recognized'],
    ['when only the program is known', [], 'fetchmail: awakened', 'The text was written by fetchmail.'],
    ['when the program prints more if asked', [], 'fetchmail: awakened', 'fetchmail -vvv'],
    ['with what would help', [], 'Hello.', 'begin with NO, BAD, BYE or -ERR'],
    ['when there is nothing', [], '', 'Nothing was recognized'],
    ['when the file is absent', ['/nowhere/log.txt'], '', 'Cannot read /nowhere/log.txt: ENOENT'],
  ])('%s', async (_name, args, input, message) => {
    const { code, err } = await run(args, input);
    expect(code).toBe(3);
    expect(err).toContain(message);
  });

  test.each([
    ['the format is unknown', ['--format', 'xml'], '--format expects text or json, got "xml"'],
    ['an option is unknown', ['--fast'], 'there is no option --fast.'],
    ['there are two files', ['a', 'b'], 'expected one file at most, got several'],
  ])('as a wrong command line where %s', async (_name, args, message) => {
    await expect(run(args, '')).rejects.toThrow(new UsageError(message));
  });

  test('when it is stopped while it waits for a named pipe that nobody writes to', async () => {
    const stop = new AbortController();
    const pipe = putFifo(join(directory, 'pipe'));
    const ended = run([pipe], '', stop.signal);
    stop.abort();
    expect(await ended).toEqual({ code: 3, out: '', err: '' });
    // The thread that waits for a writer is let go.
    const { O_RDWR, O_NONBLOCK } = constants;
    closeSync(openSync(pipe, O_RDWR | O_NONBLOCK));
  });

  test('as JSON too, with an empty list', async () => {
    const { code, out } = await run(['--format', 'json'], 'Hello.');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ diagnoses: [], written_by: null });
  });
});
