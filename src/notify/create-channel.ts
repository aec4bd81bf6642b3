/**
 * Creates the channel that the settings describe. A new kind of channel needs one file, one variant of the settings,
 * and one case here.
 */
import type { ChannelSettings } from '../model/notification.ts';
import { createAlertmanager } from './alertmanager.ts';
import type { Channel, ChannelEdges } from './channel.ts';
import { createEmail } from './email.ts';
import { createTeams } from './teams.ts';
import { createWebhook } from './webhook.ts';

export function createChannel(settings: ChannelSettings, edges: ChannelEdges): Channel {
  switch (settings.type) {
    case 'webhook':
      return createWebhook(settings, edges);
    case 'alertmanager':
      return createAlertmanager(settings, edges);
    case 'email':
      return createEmail(settings, edges);
    case 'teams':
      return createTeams(settings, edges);
  }
}
