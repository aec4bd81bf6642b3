import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { parseYaml } from '../../src/config/yaml-file.ts';
import { loadConfig } from '../../src/config/load.ts';
import { explain } from '../../src/explain.ts';
import { aServer, aSource } from '../report/fleet.ts';
import { workspace } from '../config/workspace.ts';
import { NOON } from '../support/builders.ts';
import { files } from '../support/files.ts';
import {
  expectBounded,
  expectNoSecret,
  counterexample,
  redactorWithSecret,
  SECRET,
  texts,
} from './property.ts';

/** Texts that people hand us: transcripts, configurations, queries. */
const lines = fc.array(texts, { maxLength: 8 }).map((parts) => parts.join('\n'));

test('a pasted text', async () => {
  expect(
    await counterexample(lines, (text) => {
      const diagnoses = explain(text, NOON);
      expect(diagnoses.length).toBeLessThanOrEqual(20);
      expectBounded(JSON.stringify(diagnoses), 400_000);
    }),
  ).toBeUndefined();
});

test('a YAML text', async () => {
  expect(
    await counterexample(fc.oneof(texts, lines), (text) => {
      expectBounded(JSON.stringify(parseYaml(text, 'mailprobe.yaml', {}).errors), 200_000);
    }),
  ).toBeUndefined();
});

/** Keys that are known, with whatever behind them. */
const configurations = fc
  .record(
    Object.fromEntries(
      [
        'apps',
        'mailboxes',
        'listen',
        'http',
        'log_level',
        'concurrency',
        'network',
        'timeout',
        'interval',
      ].map((key) => [key, fc.oneof(texts, fc.jsonValue({ maxDepth: 4 }))]),
    ),
    { requiredKeys: [] },
  )
  .map((settings) => JSON.stringify(settings));

test('a configuration', async () => {
  expect(
    await counterexample(
      configurations,
      async (text) => {
        const folder = await workspace({ 'mailprobe.yaml': text });
        const result = await loadConfig(`${folder}/mailprobe.yaml`, { env: { PLM_SECRET: SECRET }, files });
        expectBounded(JSON.stringify(result), 200_000);
      },
      0.5,
    ),
  ).toBeUndefined();
});

let server: FastifyInstance;

beforeAll(async () => {
  server = await aServer(aSource(), {}, redactorWithSecret());
});
afterAll(async () => await server.close());

const PATHS = [
  '/',
  '/health',
  '/metrics',
  '/probe',
  '/api/v1/mailboxes',
  '/api/v1/problems',
  '/api/v1/apps',
  '/api/v1/credentials',
];
const NAMES = [
  'app',
  'mailbox',
  'up',
  'label.team',
  'protocol',
  'minimal',
  'limit',
  'cursor',
  'target',
  '__proto__',
];
const queries = fc
  .tuple(
    fc.constantFrom(...PATHS),
    fc.array(
      fc.tuple(
        fc.oneof(fc.constantFrom(...NAMES), texts),
        texts.map((text) => text.slice(0, 500)),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([path, pairs]) => ({
    path,
    query: pairs
      .map(
        ([name, value]) =>
          `${encodeURIComponent(name.slice(0, 200).toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`,
      )
      .join('&'),
  }));

test('a query', async () => {
  expect(
    await counterexample(queries, async ({ path, query }) => {
      const answer = await server.inject({ url: `${path}?${query}`, headers: { host: 'localhost' } });
      // 503 is what an unhealthy fleet answers to /health.
      expect([200, 304, 400, 404, 421, 503]).toContain(answer.statusCode);
      expectBounded(answer.body, 200_000);
      expectNoSecret(answer.body);
    }),
  ).toBeUndefined();
});
