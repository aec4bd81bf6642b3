import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateApi } from 'swagger-typescript-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

/** Somebody else's generator reads our document; what it makes is type-checked, compiled and talks to the daemon. */
const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, '.cache/generated-client');
const TOKEN = 'generated-client-token';
const run = promisify(execFile);

const PROGRAM = `
import { Api, type ProblemDetails } from './client.js';

const [baseUrl, token] = process.argv.slice(2);
const api = new Api<string>({
  baseUrl,
  securityWorker: (data) => ({ headers: { authorization: \`Bearer \${data}\` } }),
});
const refusal: { error: ProblemDetails } = await api.api.listApps().catch((error) => error);
api.setSecurityData(token ?? null);

const ids: string[] = [];
let cursor: string | undefined;
do {
  const { data } = await api.api.listMailboxes({ limit: 3, ...(cursor === undefined ? {} : { cursor }) });
  for (const { id } of data.mailboxes) ids.push(id);
  // @ts-expect-error -- the types are real: there is no such member
  data.mailbox;
  cursor = data.next === undefined ? undefined : ids.at(-1);
} while (cursor !== undefined);

const mailbox = await api.api.getMailbox('qms-inbox');
const up: boolean | null | undefined = mailbox.data.protocols.imap?.up;
const looked = await api.api.probeMailbox('qms-inbox', { protocol: 'imap' });
const stages = looked.data.protocols.imap?.stages.map(({ stage, outcome }) => \`\${stage} \${outcome}\`);
const { data: problemList } = await api.api.listProblems({ app: 'suppliers' });
const explained = await api.api.explain({ text: 'AADSTS7000222' });
const credentials = await api.api.listCredentials();
const health = await api.health.getHealth({ mailbox: 'qms-inbox' });
const unknown: { status: number; error: ProblemDetails } = await api.api
  .getMailbox('nobody')
  .catch((error) => error);

console.log(JSON.stringify({
  refused: refusal.error.status,
  ids,
  up,
  stages,
  problems: problemList.problems.map(({ cause }) => cause),
  explained: explained.data.diagnoses[0]?.cause,
  credentials: credentials.data.credentials.length > 0,
  health: health.data.status,
  unknown: [unknown.status, unknown.error.type],
}));
`;

let watched: WatchedSandbox;

beforeAll(async () => {
  const { tenant, plan } = createDemoTenant();
  watched = await watchSandbox({ tenant }, { plan, failureThreshold: 1 });
  await writeFile(join(watched.directory, 'tokens'), `${TOKEN}\n`);
  const text = await readFile(watched.configFile, 'utf8');
  await writeFile(watched.configFile, `${text}\nhttp: { tokens_file: tokens }\n`);
  if (!(await watched.daemon.reload())) throw new Error(watched.log.join(''));
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
});

afterAll(async () => {
  await watched.close();
});

test('a generated client fits the daemon', async () => {
  await until('all probes', () =>
    watched.daemon.snapshot().targets.every(({ lastProbe }) => lastProbe !== undefined) ? true : undefined,
  );
  const headers = { authorization: `Bearer ${TOKEN}` };
  const document = await fetch(`${watched.daemon.url}/openapi.json`, { headers });
  const [client] = (
    await generateApi({
      spec: JSON.parse(await document.text()),
      output: false,
      httpClientType: 'fetch',
      silent: true,
    })
  ).files;
  await writeFile(join(FOLDER, 'client.ts'), client?.fileContent ?? '');
  await writeFile(join(FOLDER, 'program.ts'), PROGRAM);
  await writeFile(join(FOLDER, 'package.json'), '{ "type": "module" }');
  const compilerOptions = {
    strict: true,
    target: 'es2023',
    module: 'nodenext',
    outDir: 'js',
    types: ['node'],
  };
  await writeFile(join(FOLDER, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));

  const compiled = await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', FOLDER]).catch((error) => error);
  expect(compiled).toMatchObject({ stdout: '', stderr: '' });

  const { stdout } = await run(process.execPath, [join(FOLDER, 'js/program.js'), watched.daemon.url, TOKEN]);
  expect(JSON.parse(stdout)).toMatchObject({
    refused: 401,
    ids: watched.daemon
      .snapshot()
      .targets.map(({ target }) => target.mailbox.id)
      .filter(isFirst),
    up: true,
    stages: expect.arrayContaining(['token ok', 'auth ok', 'open ok']),
    problems: expect.arrayContaining(['secret-expired']),
    explained: 'secret-expired',
    credentials: true,
    health: 'pass',
    unknown: [404, 'urn:mailprobe:problem:unknown-mailbox'],
  });
});

function isFirst(id: string, at: number, all: readonly string[]): boolean {
  return all.indexOf(id) === at;
}
