/** A real Alertmanager gets an incident from the notifier: it fires, stays one alert while it is sent again, and resolves. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createChannel } from '../../src/notify/create-channel.ts';
import { someEdges } from '../notify/edges.ts';
import { anIncident, aWorld, closedNow, MINUTE } from '../notify/world.ts';
import { startAlertmanager, startWebhook, type Alertmanager, type Webhook } from '../support/alertmanager.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';

describe.runIf(isInstalled('alertmanager'))('Alertmanager', () => {
  let alertmanager: Alertmanager;
  let webhook: Webhook;

  beforeAll(async () => {
    webhook = await startWebhook();
    alertmanager = await startAlertmanager({
      route: { receiver: 'hook', group_by: ['incident'], group_wait: '0s', group_interval: '1s' },
      receivers: [{ name: 'hook', webhook_configs: [{ url: webhook.url, send_resolved: true }] }],
    });
  });

  afterAll(async () => {
    await alertmanager.close();
    await webhook.close();
  });

  test('an incident fires once however often it is sent, and resolves', async () => {
    const url = { from: 'text', url: new URL(alertmanager.url) } as const;
    // Alertmanager has the real time: the incident gathered for a minute just now.
    const world = aWorld({
      start: Date.now() - MINUTE,
      settings: { channels: [{ id: 'am', type: 'alertmanager', url }] },
      makeChannel: (settings) => createChannel(settings, { ...someEdges(), now: () => world.clock.now() }),
    });
    const incident = anIncident(world.clock, { affectedMailboxes: [{ id: 'qms-inbox', since: 0 }] });
    await world.change('opened', incident);
    await world.pass(MINUTE);
    const fired = await until('the alert to fire', () => webhook.received[0]);
    expect(fired.alerts).toMatchObject([
      {
        status: 'firing',
        labels: { alertname: 'MailprobeIncident', cause: 'secret-expired', severity: 'critical' },
        annotations: { summary: 'qms-inbox down: The client secret of app plm has expired' },
      },
    ]);

    const closed = closedNow(incident, world.clock);
    await world.pass(MINUTE);
    expect((await alertmanager.alerts()).length).toBe(1);
    await world.change('closed', closed, incident);
    await world.pass(MINUTE);
    const resolved = await until('the alert to resolve', () =>
      webhook.received.find(({ status }) => status === 'resolved'),
    );
    expect(resolved.alerts[0]?.labels['incident']).toBe(incident.id);
    expect(webhook.received.filter(({ status }) => status === 'firing').length).toBe(1);

    // Sent for five minutes more, and then no longer.
    await world.pass(10 * MINUTE);
    const stored = await world.store.incident(incident.id);
    expect(stored?.deliveries).toMatchObject([{ channel: 'am', message: 'opened', outcome: 'sent' }]);
  });
});
