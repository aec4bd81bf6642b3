import { afterEach, expect, test } from 'vitest';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

/** `POST /api/v1/mailboxes/ID/probe` is what people press after they have fixed something. */
let watched: WatchedSandbox;

afterEach(async () => {
  await watched.close();
});

test('a consent that was granted after the token was issued is seen by the probe that is asked for', async () => {
  const { tenant, plan } = createDemoTenant();
  watched = await watchSandbox({ tenant }, { plan, interval: '1h' });
  const { sandbox, daemon } = watched;
  const invoices = () => daemon.snapshot().targets.filter(({ target }) => target.mailbox.id === 'invoices');
  await until('both probes to have failed for want of a role', () =>
    invoices().every(({ lastProbe }) => lastProbe?.success === false) ? true : undefined,
  );
  sandbox.change(({ servicePrincipals }) => {
    for (const principal of servicePrincipals)
      principal.grantedRoles = ['IMAP.AccessAsApp', 'POP.AccessAsApp'];
  });
  const granted = Date.now();
  // A request joins a probe that is under way already, for the sake of another mailbox.
  await until('a probe that began since', async () => {
    const answer = await fetch(`${daemon.url}/api/v1/mailboxes/invoices/probe`, { method: 'POST' });
    expect(answer.status).toBe(200);
    return invoices().every(({ lastProbe }) => (lastProbe?.evidence.startedAt ?? 0) >= granted) || undefined;
  });
  expect(invoices().map(({ lastProbe }) => lastProbe?.success)).toEqual([true, true]);
});
