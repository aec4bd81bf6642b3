import { afterEach, describe, expect, test } from 'vitest';
import type { Problem, Snapshot } from '../../src/model/status.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

/** Whose fault is the silence? The daemon against a sandbox whose hosts stop answering while tokens are cached. */
let watched: WatchedSandbox;

afterEach(async () => {
  await watched.close();
});

async function healthy(): Promise<void> {
  watched = await watchSandbox({}, { interval: '2s' });
  await untilSnapshot('every mailbox to be up', ({ targets }) =>
    targets.length > 0 && targets.every(({ confirmed }) => confirmed === 'up') ? true : undefined,
  );
}

async function untilSnapshot<T>(what: string, ask: (snapshot: Snapshot) => T | undefined): Promise<T> {
  return await until(what, () => ask(watched.daemon.snapshot()));
}

/** Once every target has failed often enough to be confirmed. */
async function problemsAfterSilence(): Promise<readonly Problem[]> {
  return await untilSnapshot('the silence to be confirmed', ({ targets, problems }) =>
    targets.every(({ confirmed, consecutiveFailures }) => confirmed !== 'up' && consecutiveFailures >= 2)
      ? problems.filter(({ severity }) => severity !== 'info')
      : undefined,
  );
}

describe('all mail hosts fall silent', () => {
  test('while the token host still speaks: the trouble is theirs, and the mailboxes are down', async () => {
    await healthy();
    watched.sandbox.change((tenant) => {
      tenant.faults.imap = { kind: 'refuse' };
      tenant.faults.pop3 = { kind: 'refuse' };
    });
    const problems = await problemsAfterSilence();
    expect(problems.map(({ scope }) => scope)).toEqual(['endpoint', 'endpoint']);
    expect(watched.daemon.snapshot().targets.map(({ confirmed }) => confirmed)).not.toContain('unknown');
  });

  test('and the token host too, with tokens in the cache: the trouble is ours, one problem, mailboxes unknown', async () => {
    await healthy();
    watched.sandbox.change((tenant) => {
      tenant.faults.entra = { kind: 'refuse' };
      tenant.faults.imap = { kind: 'refuse' };
      tenant.faults.pop3 = { kind: 'refuse' };
    });
    const problems = await problemsAfterSilence();
    expect(problems.map(({ cause, scope }) => [cause, scope])).toEqual([['own-network-down', 'prober']]);
    expect(new Set(watched.daemon.snapshot().targets.map(({ confirmed }) => confirmed))).toEqual(
      new Set(['unknown']),
    );
    watched.sandbox.change((tenant) => {
      tenant.faults.entra = { kind: 'healthy' };
      tenant.faults.imap = { kind: 'healthy' };
      tenant.faults.pop3 = { kind: 'healthy' };
    });
    await untilSnapshot('the problem to close', ({ problems: open }) =>
      open.every(({ severity }) => severity === 'info') ? true : undefined,
    );
  });
});
