/** Whether the npm registry answers: what installs from it is skipped without it, loudly; in CI nothing may be skipped. */
import { spawnSync } from 'node:child_process';
import { WAIT_MS } from './limits.ts';

export function registryAnswers(): boolean {
  const { status } = spawnSync('npm', ['view', 'zod', 'version'], { timeout: WAIT_MS, stdio: 'ignore' });
  if (status === 0) return true;
  const message = 'The npm registry does not answer.';
  if (process.env.CI) throw new Error(`${message} In CI nothing may be skipped.`);
  process.stderr.write(`\n*** ${message}\n*** The test that builds as the Dockerfile does is SKIPPED.\n\n`);
  return false;
}
