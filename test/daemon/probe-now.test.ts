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
  const probed = (): readonly (boolean | undefined)[] =>
    daemon
      .snapshot()
      .targets.filter(({ target }) => target.mailbox.id === 'invoices')
      .map(({ lastProbe }) => lastProbe?.success);
  await until('both probes to have failed for want of a role', () =>
    probed().every((success) => success === false) ? true : undefined,
  );
  sandbox.change(({ servicePrincipals }) => {
    for (const principal of servicePrincipals)
      principal.grantedRoles = ['IMAP.AccessAsApp', 'POP.AccessAsApp'];
  });
  const answer = await fetch(`${daemon.url}/api/v1/mailboxes/invoices/probe`, { method: 'POST' });
  expect(answer.status).toBe(200);
  expect(probed()).toEqual([true, true]);
});
