/**
 * How long does `explain` take for ten megabytes of noise? The limit is two seconds for every kind of noise. Run: node
 * bench/explain.ts
 */
import { explain } from '../src/explain.ts';

const SIZE = 10 * 1024 * 1024;
const MOST_SECONDS = 2;

function fill(piece: string): string {
  return piece.repeat(Math.ceil(SIZE / piece.length)).slice(0, SIZE);
}

const words = ['mail', 'server', 'ready', 'session', 'queue', 'message', 'flags', 'uid', 'ok', 'fetch'];
const log = Array.from(
  { length: 120_000 },
  (_, line) =>
    `2026-11-23T00:00:${line % 60}Z ${line} ${words.map((word, at) => `${word}=${(line * 7 + at) % 997}`).join(' ')}`,
).join('\n');

/** Returns random-looking bytes, the same in every run. */
function base64(): string {
  const bytes = new Uint8Array((SIZE / 4) * 3);
  let state = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return Buffer.from(bytes).toString('base64').slice(0, SIZE);
}

const NOISE: Readonly<Record<string, string>> = {
  'an attachment in base64, in one line': base64(),
  'an attachment in base64, in lines': base64().replace(/.{76}/g, '$&\r\n'),
  'one blank': fill(' '),
  'line ends': fill('\n'),
  'quoted line ends': fill('\n> > '),
  backslashes: fill('\\'),
  'escaped line ends': fill(String.raw`\r\n`),
  'one letter': fill('a'),
  'beginnings of tokens': fill('eyJ'),
  'tokens without an end': fill('eyJhbGciOi.eyJ'),
  'beginnings of SASL strings': fill('dXNlcj'),
  'codes that are none': fill('AADSTS '),
  'codes that are unknown': fill('AADSTS999999 '),
  'a refusal, over and over': fill('A1 NO AUTHENTICATE failed.\n'),
  'almost a refusal': fill('AUTHENTICATE faile '),
  'open brackets': fill('<p '),
  entities: fill('&quot'),
  'JSON braces': fill('{"status":"'),
  'names of claims': fill('"aud":"'),
  'user names': fill('user=a@b.'),
  'hosts of others': fill('https://a.b.example:1 '),
  'refused connections': fill('connection refused: outlook.office365.com:993\n'),
  'failures of others': fill('ECONNREFUSED 10.0.0.1:5432\n'),
  'an ordinary log': log,
  'an ordinary log beyond Latin-1': log.replaceAll('mail', 'почта'),
  'the evidence in the middle of a log': `${log.slice(0, SIZE / 2)}\nAADSTS7000222: The provided client secret keys are expired.\n${log.slice(SIZE / 2)}`,
};

for (const [name, text] of Object.entries(NOISE)) {
  const started = performance.now();
  const [first] = explain(text, 0);
  const seconds = (performance.now() - started) / 1000;
  const verdict = seconds < MOST_SECONDS ? 'ok  ' : 'SLOW';
  process.stdout.write(
    `${verdict} ${seconds.toFixed(2)} s  ${(text.length / 1024 / 1024).toFixed(1)} MB  ${name} -> ${first?.cause ?? 'nothing'}\n`,
  );
  if (seconds >= MOST_SECONDS) process.exitCode = 1;
}
