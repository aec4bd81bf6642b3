/**
 * Sends an incident as an alert to Alertmanager's API v2. The API expects the sender to repeat an alert: while it
 * fires, and for a while after it has ended. `composer.ts` decides when an alert is repeated.
 * https://github.com/prometheus/alertmanager/blob/main/docs/alerts_api.md
 */
import type { AlertmanagerSettings } from '../model/notification.ts';
import type { Channel, ChannelEdges } from './channel.ts';
import { exchange } from './http-exchange.ts';
import type { Message } from './message.ts';
import { faultResult, readKey, readUrl } from './read-source.ts';

export const RESEND_MS = 60_000;
/**
 * Alertmanager ends an alert that is not repeated within this time. So three repetitions in a row can fail before that.
 */
const ENDS_AFTER_MS = 4 * RESEND_MS;
/** An ended alert is repeated for this long, so that a restarted Alertmanager learns that it has ended. */
export const RESOLVED_FOR_MS = 5 * 60_000;

export function createAlertmanager(settings: AlertmanagerSettings, edges: ChannelEdges): Channel {
  return {
    async send(message, signal) {
      try {
        const base = await readUrl(settings.url, edges);
        const url = new URL(`${base.pathname.replace(/\/$/, '')}/api/v2/alerts`, base);
        const token =
          settings.token === undefined
            ? {}
            : { authorization: `Bearer ${await readKey(settings.token, edges)}` };
        const headers = { 'content-type': 'application/json', ...token };
        const body = edges.redactor.redact(JSON.stringify([alertOf(message, edges.now())]));
        return await exchange({ url, method: 'POST', headers, body, signal }, edges);
      } catch (error) {
        return faultResult(error);
      }
    },
  };
}

/**
 * Returns the alert as the API expects it. Alertmanager takes two alerts with the same labels for one alert. The labels
 * stay the same until the diagnosis of the incident changes.
 */
export function alertOf(message: Message, now: number): object {
  const { incident, headline, facts, sections, link, simulated, severity } = message;
  const lines = facts.map(({ name, value }) => `${name}: ${value}`);
  for (const { heading, steps } of sections) {
    lines.push(`${heading}:`);
    for (const { text, command } of steps) lines.push(...(command === undefined ? [text] : [text, command]));
  }
  const labels: Readonly<Record<string, string>> =
    incident === undefined
      ? { alertname: 'MailprobeTest', message: message.id }
      : {
          alertname: 'MailprobeIncident',
          incident: incident.id,
          cause: incident.cause,
          scope: incident.scope,
          subject: incident.subject,
          owner: incident.owner,
        };
  return {
    labels: { ...labels, severity, ...(simulated ? { simulated: 'true' } : {}) },
    annotations: { summary: headline, description: lines.join('\n') },
    startsAt: new Date(incident?.opened ?? message.at).toISOString(),
    endsAt: new Date(incident?.closed ?? now + ENDS_AFTER_MS).toISOString(),
    ...(link === undefined ? {} : { generatorURL: link }),
  };
}
