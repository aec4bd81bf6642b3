/** The Dockerfile: linted, executed step by step without an engine, and its bill of materials. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { DockerfileParser } from 'dockerfile-ast';
import { beforeAll, describe, expect, test } from 'vitest';
import { containerDryRun, type DryRun } from '../../tools/container-dry-run.ts';
import { readDockerignore } from '../../tools/dockerfile-steps.ts';
import { registryAnswers } from '../support/registry.ts';

const ROOT = join(import.meta.dirname, '../..');
const TEXT = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const INSTRUCTIONS = DockerfileParser.parse(TEXT).getInstructions();

interface Package {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const PACKAGE: Package = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

describe('the Dockerfile', () => {
  test('has nothing that the linter objects to', () => {
    expect(validate(TEXT)).toEqual([]);
    expect(validate(TEXT.replace('EXPOSE', 'EXPOOSE'))).toHaveLength(1);
  });

  test('names exact base images', () => {
    const images = [...TEXT.matchAll(/^ARG \w+_IMAGE=(.*)$/gm)].map(([, image]) => image);
    expect(images).toEqual(['node:24.21.0-bookworm-slim', 'gcr.io/distroless/nodejs24-debian12:nonroot']);
  });

  test('builds on the Node.js that the tests run on', () => {
    expect(TEXT).toContain(`ARG NODE_IMAGE=node:${process.version.slice(1)}-`);
  });

  test('installs by the lock file alone, and nobody’s scripts', () => {
    const installs = INSTRUCTIONS.map((each) => each.getArgumentsContent() ?? '').filter((args) =>
      /^npm (ci|install|i) /.test(args),
    );
    expect(installs).toHaveLength(2);
    for (const args of installs) expect(args).toMatch(/^npm ci .*--ignore-scripts/);
    expect(installs.at(-1)).toContain('--omit=dev');
  });

  test('runs nothing in the image itself, which has no shell', () => {
    const keywords = INSTRUCTIONS.map((each) => each.getKeyword());
    expect(keywords.slice(keywords.lastIndexOf('FROM'))).not.toContain('RUN');
  });
});

describe('.dockerignore', () => {
  const admits = readDockerignore(ROOT);

  test.each([
    'node_modules/pino',
    '.git/config',
    '.env',
    'secrets/plm',
    'mailprobe.yaml',
    'test/fakes',
    'dist/main.js',
  ])('keeps %s out', (path) => {
    expect(admits(path)).toBe(false);
  });

  test('lets in nothing that is not there', () => {
    const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    const admitted = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(admitted.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

// Installs from the registry, twice, as the build of an image would: by far the slowest of all tests.
describe.runIf(registryAnswers())('the steps of the Dockerfile, executed in a clean folder', () => {
  let result: DryRun;
  const steps: string[] = [];

  beforeAll(async () => {
    result = await containerDryRun(ROOT, (line) => steps.push(line));
    // Two installs from the registry, a compilation, a daemon: minutes of CPU time on a busy machine.
  }, 900_000);

  test('were all executed', () => {
    expect(steps).toHaveLength(INSTRUCTIONS.length);
  });

  test('make an image that starts, answers and probes a mailbox', () => {
    expect(result.livez).toBe(200);
    expect(result.metrics).toContain(`mailprobe_build_info{version="${PACKAGE.version}"`);
    expect(result.metrics).toMatch(/^mailprobe_probe_success\{.*\} 1$/m);
  });

  test('run as a user who is not root and owns no file of the image', () => {
    expect(result.image.user).toBe('65532:65532');
    expect(result.asOwnUser).toBe(process.getuid?.() === 0);
  });

  test('have a health check that knows life from death', () => {
    expect(result.healthchecks).toEqual([0, 1]);
  });

  test('end at once, and well, when asked to', () => {
    expect(result.exitCode).toBe(0);
    expect(TEXT).toMatch(/^STOPSIGNAL SIGTERM$/m);
  });

  test('are the same for every architecture, and small', () => {
    expect(result.compiled).toEqual([]);
    expect(result.bytes).toBeGreaterThan(5e6);
    expect(result.bytes).toBeLessThan(60e6);
  });

  test('write a bill of materials (CycloneDX) of exactly what runs', () => {
    const bom: {
      bomFormat: string;
      specVersion: string;
      metadata: { component: { name: string; version: string } };
      components: { name: string; version: string; purl: string }[];
      dependencies: unknown[];
    } = JSON.parse(result.bom);
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'mailprobe', version: PACKAGE.version } },
    });
    expect(bom.specVersion).toMatch(/^1\.\d$/);
    const listed = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
    expect(listed).toEqual(result.packages);
    const direct = Object.entries(PACKAGE.dependencies).map(([name, version]) => `${name}@${version}`);
    expect([...listed]).toEqual(expect.arrayContaining(direct));
    for (const { purl, version } of bom.components) expect(purl).toContain(`@${version}`);
    expect(bom.dependencies.length).toBeGreaterThan(bom.components.length);
  });
});
