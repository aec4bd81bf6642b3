/** The lockfile: what `npm ci` can install without a question to the registry. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const LOCKFILE = z.object({
  packages: z.record(
    z.string(),
    z.object({ resolved: z.string().optional(), integrity: z.string().optional() }),
  ),
});

test('every package has the address of its tarball and its hash: without the first, npm asks for the metadata of each', () => {
  const text = readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8');
  const { packages } = LOCKFILE.parse(JSON.parse(text));
  const installed = Object.entries(packages).filter(([path]) => path.startsWith('node_modules/'));
  const incomplete = installed.filter(
    ([, { resolved, integrity }]) =>
      resolved?.startsWith('https://registry.npmjs.org/') !== true || integrity === undefined,
  );
  expect(incomplete.map(([path]) => path)).toEqual([]);
  expect(installed.length).toBeGreaterThan(100);
});
