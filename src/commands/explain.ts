/**
 * `mailprobe explain [FILE] [--format text|json]`: names the cause in a pasted log, traceback, error or token. Reads a
 * file or standard input. The exit code is 0 if something was recognized, and 3 if not. Nothing is sent anywhere.
 */
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { explainText } from '../explain.ts';
import { cleanText } from '../model/text.ts';
import { createRedactor } from '../model/redactor.ts';
import type { Explanation } from '../model/explanation.ts';
import { explanationView } from '../report/resource/explanation.ts';
import { EXIT, UsageError, type Command, type CommandIo } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { COMMAND_SPECS } from './command-specs.ts';
import { createPalette, type Palette } from './palette.ts';
import { renderVerdict } from './verdict.ts';

const LONGEST_INPUT = 64 * 1024 * 1024;
/**
 * At most this many main diagnoses are printed, the surest first. A text with more of them is usually a whole log, and
 * the rest would hide the first ones. The JSON output contains all.
 */
const MOST_PRINTED = 3;

export const explain: Command = async (args, io) => {
  const asked = readArguments(args);
  const input = await readInput(asked.file, io);
  if (input === undefined) return EXIT.unknown;

  const explanation = explainText(decodeText(input), Date.now());
  const { diagnoses } = explanation;
  const { redact } = createRedactor();
  if (asked.format === 'json') {
    io.stdout.write(`${redact(JSON.stringify(explanationView(explanation), undefined, 2))}\n`);
  } else if (diagnoses.length > 0) {
    io.stdout.write(redact(render(explanation, createPalette(io))));
  }
  if (diagnoses.length > 0) return EXIT.ok;
  io.stderr.write(
    `Nothing was recognized.${writtenBy(explanation)} What would help:\n${bullets(explanation.wouldHelp)}`,
  );
  return EXIT.unknown;
};

function writtenBy({ writtenBy: program }: Explanation): string {
  return program === undefined ? '' : ` The text was written by ${program}.`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}\n`).join('');
}

interface Asked {
  readonly file: string | undefined;
  readonly format: 'text' | 'json';
}

function readArguments(args: readonly string[]): Asked {
  const { values, positionals } = parseCommandLine(COMMAND_SPECS.explain, args);
  const { format } = values;
  if (format !== 'text' && format !== 'json') {
    throw new UsageError(`--format expects text or json, got "${cleanText(format, 60)}"`);
  }
  const [file, surplus] = positionals;
  if (surplus !== undefined) throw new UsageError('expected one file at most, got several');
  return { file: file === '-' ? undefined : file, format };
}

async function readInput(file: string | undefined, io: CommandIo): Promise<Uint8Array | undefined> {
  try {
    return await readStream(file === undefined ? io.stdin : createReadStream(file), io.signal);
  } catch (error) {
    if (io.signal.aborted) return undefined;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    io.stderr.write(`Cannot read ${file ?? 'standard input'}: ${code}\n`);
    return undefined;
  }
}

/**
 * Reads a stream to its end. Rejects at once when the signal aborts: a named pipe without a writer does not open, and
 * cannot be closed before it has opened.
 */
async function readStream(stream: Readable, signal: AbortSignal): Promise<Uint8Array> {
  signal.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  const stop = (): void => {
    stream.destroy();
    stopped.reject(new Error('stopped'));
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([collect(stream), stopped.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function collect(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    chunks.push(bytes);
    length += bytes.length;
    if (length > LONGEST_INPUT) break;
  }
  return Buffer.concat(chunks);
}

/** PowerShell's `>` writes UTF-16. All other input is read as UTF-8. */
function decodeText(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, 2000);
  const zeros = [0, 1].map((parity) => sample.filter((byte, at) => at % 2 === parity && byte === 0).length);
  const [even = 0, odd = 0] = zeros;
  const many = sample.length / 8;
  const bom = `${bytes[0] ?? 0} ${bytes[1] ?? 0}`;
  if (bom === '255 254' || (odd > many && even < odd)) return new TextDecoder('utf-16le').decode(bytes);
  if (bom === '254 255' || (even > many && odd < even)) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder().decode(bytes);
}

/** Renders each main diagnosis in full, and each alternative in two lines with the test that decides. */
function render(explanation: Explanation, palette: Palette): string {
  const { diagnoses, wouldHelp } = explanation;
  const own = diagnoses.filter(({ alternativeTo }) => alternativeTo === undefined).slice(0, MOST_PRINTED);
  const blocks = own.map((leader) => {
    const alternatives = diagnoses.filter(({ alternativeTo }) => alternativeTo === leader.cause);
    return `${renderVerdict(leader, palette, { alternatives })}\n`;
  });
  return [
    ...blocks,
    ...(wouldHelp.length === 0 ? [] : [`  What would help:\n${bullets(wouldHelp)}`]),
    palette.faint(` ${writtenBy(explanation)} docs/diagnoses.md describes each cause.`),
    '\n',
  ].join('');
}
