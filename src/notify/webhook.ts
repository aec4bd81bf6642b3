/**
 * A webhook by the Standard Webhooks specification (https://www.standardwebhooks.com). Headers hold the id, the
 * timestamp and the signatures. The body holds `type`, `timestamp` and `data`. During a rotation there are several
 * keys, and each one signs.
 */
import { createHmac } from 'node:crypto';
import type { WebhookSettings } from '../model/notification.ts';
import { parseSigningKeys } from '../model/signing-keys.ts';
import type { Channel, ChannelEdges } from './channel.ts';
import { exchange } from './http-exchange.ts';
import { incidentView } from './incident-view.ts';
import type { Message } from './message.ts';
import { ChannelFault, faultResult, readKey, readUrl } from './read-source.ts';
import { renderText } from './render-text.ts';

export function createWebhook(settings: WebhookSettings, edges: ChannelEdges): Channel {
  return {
    async send(message, signal) {
      try {
        const url = await readUrl(settings.url, edges);
        const keys = parseSigningKeys(await readKey(settings.secret, edges));
        if (typeof keys === 'string') throw new ChannelFault(keys);
        for (const key of keys) edges.redactor.add(key.toString('base64'));
        const body = edges.redactor.redact(JSON.stringify(payload(message)));
        const timestamp = Math.floor(edges.now() / 1_000);
        const headers = {
          'content-type': 'application/json',
          'webhook-id': message.id,
          'webhook-timestamp': String(timestamp),
          'webhook-signature': signatures(keys, message.id, timestamp, body),
        };
        return await exchange({ url, method: 'POST', headers, body, signal }, edges);
      } catch (error) {
        return faultResult(error);
      }
    },
  };
}

export function signatures(keys: readonly Buffer[], id: string, timestamp: number, body: string): string {
  const signed = `${id}.${timestamp}.${body}`;
  return keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`).join(' ');
}

/** `text` is the whole message, for chats that display a member of that name. */
export function payload(message: Message): object {
  const { event, at, headline, severity, facts, link, simulated, incident } = message;
  const type = ['digest', 'summary', 'test'].includes(event) ? event : `incident.${event}`;
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      title: headline,
      text: renderText(message),
      severity,
      simulated,
      link: link ?? null,
      facts: Object.fromEntries(facts.map(({ name, value }) => [name, value])),
      incident: incident === undefined ? null : incidentView(incident),
    },
  };
}
