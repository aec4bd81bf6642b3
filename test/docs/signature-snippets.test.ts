/** The verification that docs/notifications.md shows in three languages, run as it stands there, on messages as they are sent. */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { POWERSHELL } from '../support/provision.ts';
import { WAIT_MS } from '../support/limits.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/notifications.md'), 'utf8');
const KEY = `whsec_${Buffer.from('a signing key of the tests').toString('base64')}`;
const OLD_KEY = `whsec_${Buffer.from('the key before it').toString('base64')}`;
const ID = '019ac000-0000-7000-8000-000000000001';
/** Not only ASCII: the bytes are signed. */
const BODY = JSON.stringify({ type: 'incident.opened', data: { title: 'Postfach „größer“ ist zu' } });

interface Sent {
  readonly key: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

function sent(keys: readonly string[]): Sent {
  const at = new Date();
  const signatures = keys.map((key) => new Webhook(key).sign(ID, at, BODY));
  const headers = {
    'webhook-id': ID,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
  return { key: KEY, body: BODY, headers };
}

const genuine = sent([KEY]);
const MESSAGES: readonly { readonly what: string; readonly sent: Sent; readonly isGenuine: boolean }[] = [
  { what: 'signed with the key', sent: genuine, isGenuine: true },
  { what: 'signed with two keys while they rotate', sent: sent([OLD_KEY, KEY]), isGenuine: true },
  { what: 'signed with another key', sent: sent([OLD_KEY]), isGenuine: false },
  { what: 'another body', sent: { ...genuine, body: `${BODY} ` }, isGenuine: false },
  {
    what: 'another id',
    sent: { ...genuine, headers: { ...genuine.headers, 'webhook-id': 'another' } },
    isGenuine: false,
  },
];

/** Programs that run the snippet: each reads messages as JSON on standard input, and prints a list of `true` and `false`. */
const RUNS = {
  js: {
    command: process.execPath,
    args: (snippet: string) => [
      '--input-type=module',
      '-e',
      `const verify = async ({ key, body: rawBody, headers }) => {
         process.env.HOOK_KEY = key;
         const request = { headers };
         ${snippet.replace(/^import .*$/m, "const { Webhook } = await import('standardwebhooks');")}
         return event.type === 'incident.opened';
       };
       const isForged = (error) => { if (error.name !== 'WebhookVerificationError') throw error; return false; };
       const sent = JSON.parse(await new Response(process.stdin).text());
       const judged = [];
       for (const one of sent) judged.push(await verify(one).catch(isForged));
       console.log(JSON.stringify(judged));`,
    ],
  },
  python: {
    command: 'python3',
    args: (snippet: string) => [
      '-c',
      `import json, sys\n${snippet}
sent = json.loads(sys.stdin.buffer.read())
print(json.dumps([is_genuine(one["key"], one["headers"], one["body"].encode()) for one in sent]))`,
    ],
  },
  powershell: {
    command: POWERSHELL,
    args: (snippet: string) => [
      '-NoProfile',
      '-NonInteractive',
      '-Command',
      `$ErrorActionPreference = 'Stop'\n${snippet}
$in = [IO.StreamReader]::new([Console]::OpenStandardInput(), [Text.Encoding]::UTF8).ReadToEnd()
$sent = ConvertFrom-Json $in -AsHashtable -NoEnumerate
ConvertTo-Json -Compress @($sent | ForEach-Object { Test-Signature $_.key $_.headers $_.body })`,
    ],
  },
} as const;

function snippetIn(language: keyof typeof RUNS): string {
  const section = DOCUMENT.slice(DOCUMENT.indexOf('Verify the signature'));
  const snippet = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(section)?.[1];
  if (snippet === undefined) throw new Error(`docs/notifications.md has no snippet in ${language}`);
  return snippet;
}

async function judged(language: keyof typeof RUNS): Promise<unknown> {
  const { command, args } = RUNS[language];
  const running = promisify(execFile)(command, args(snippetIn(language)), { cwd: ROOT, timeout: WAIT_MS });
  running.child.stdin?.end(JSON.stringify(MESSAGES.map(({ sent: one }) => one)));
  return JSON.parse((await running).stdout);
}

const expected = MESSAGES.map(({ isGenuine }) => isGenuine);

test.each(['js', 'python'] as const)('%s tells genuine messages from others', async (language) => {
  expect(await judged(language)).toEqual(expected);
});

test.runIf(existsSync(POWERSHELL))('powershell tells genuine messages from others', async () => {
  expect(await judged('powershell')).toEqual(expected);
});
