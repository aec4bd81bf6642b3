/** Sends a card to Microsoft Teams, through the webhook of a workflow ("When a Teams webhook request is received"). */
import type { TeamsSettings } from '../model/notification.ts';
import type { Channel, ChannelEdges } from './channel.ts';
import { exchange } from './http-exchange.ts';
import type { Message } from './message.ts';
import { faultResult, readUrl } from './read-source.ts';
import { renderCard } from './render-card.ts';

/** Teams rejects messages of more than 28 kB. */
const LARGEST_BYTES = 26_000;

export function createTeams(settings: TeamsSettings, edges: ChannelEdges): Channel {
  return {
    async send(message, signal) {
      try {
        const url = await readUrl(settings.url, edges);
        const headers = { 'content-type': 'application/json' };
        const body = edges.redactor.redact(teamsBody(message));
        return await exchange({ url, method: 'POST', headers, body, signal }, edges);
      } catch (error) {
        return faultResult(error);
      }
    },
  };
}

/**
 * Returns the body of the request. A phone's notification shows `summary`. If a message is too long, its last sections
 * are removed.
 */
export function teamsBody(message: Message): string {
  const body = JSON.stringify({
    type: 'message',
    summary: message.headline,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: renderCard(message),
      },
    ],
  });
  if (Buffer.byteLength(body) <= LARGEST_BYTES || message.sections.length === 0) return body;
  return teamsBody({ ...message, sections: message.sections.slice(0, -1) });
}
