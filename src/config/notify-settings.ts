/** Turns the checked `notify`, `digest` and `heartbeat` of the file into the types of `model/`. Called by `load.ts`. */
import { resolve } from 'node:path';
import type {
  ChannelFilter,
  ChannelSettings,
  EmailSettings,
  NotifySettings,
  UrlSource,
} from '../model/notification.ts';
import type { SecretSource } from '../model/target.ts';
import type { ChannelInFile, DigestInFile, HeartbeatInFile } from './notify-schema.ts';

export interface NotifyInFile {
  readonly notify: readonly ChannelInFile[];
  readonly digest: DigestInFile;
  readonly heartbeat?: HeartbeatInFile | undefined;
  readonly external_url?: string | undefined;
}

/** Relative paths begin at `folder`. */
export function resolveNotify(written: NotifyInFile, folder: string): NotifySettings {
  const { at, timezone = Intl.DateTimeFormat().resolvedOptions().timeZone } = written.digest;
  const beat = written.heartbeat;
  const url = beat && urlOf(beat, folder);
  return {
    channels: written.notify.flatMap((one) => channelOf(one, folder) ?? []),
    digest: { atMinute: at, timezone },
    ...(beat === undefined || url === undefined ? {} : { heartbeat: { url, intervalMs: beat.interval } }),
    ...(written.external_url === undefined ? {} : { externalUrl: written.external_url }),
  };
}

/** Undefined if a required key is missing, which the schema has already reported. */
function channelOf(one: ChannelInFile, folder: string): ChannelSettings | undefined {
  const common = { id: one.id, ...filterOf(one) };
  const url = urlOf(one, folder);
  switch (one.type) {
    case 'webhook': {
      const secret = sourceOf(one.secret_file, one.secret_env, folder);
      return url && secret && { ...common, type: one.type, url, secret };
    }
    case 'alertmanager': {
      const token = sourceOf(one.token_file, undefined, folder);
      return url && { ...common, type: one.type, url, ...(token === undefined ? {} : { token }) };
    }
    case 'teams':
      return url && { ...common, type: one.type, url };
    case 'email': {
      const email = emailOf(one, folder);
      return email && { ...common, ...email };
    }
  }
}

const MAIL_PORTS = { starttls: 587, implicit: 465, none: 25 };

function emailOf(one: ChannelInFile, folder: string): EmailSettings | undefined {
  const { host, from, to, tls = 'starttls', port = MAIL_PORTS[tls] } = one;
  if (host === undefined || from === undefined || to === undefined) return undefined;
  const login = loginOf(one, folder);
  return { type: 'email', host, port, tls, from, to, ...(login === undefined ? {} : { login }) };
}

function loginOf(one: ChannelInFile, folder: string): EmailSettings['login'] {
  const { username, app } = one;
  if (username === undefined) return undefined;
  if (app !== undefined) return { kind: 'app', username, app };
  const password = sourceOf(one.password_file, one.password_env, folder);
  return password && { kind: 'password', username, password };
}

function filterOf({ owners, apps, labels, severity }: ChannelInFile): ChannelFilter {
  return {
    ...(owners === undefined ? {} : { owners }),
    ...(apps === undefined ? {} : { apps }),
    ...(labels === undefined ? {} : { labels }),
    ...(severity === undefined ? {} : { severity }),
  };
}

function urlOf(
  one: Pick<ChannelInFile, 'url' | 'url_file' | 'url_env'>,
  folder: string,
): UrlSource | undefined {
  if (one.url !== undefined) return { from: 'text', url: new URL(one.url) };
  return sourceOf(one.url_file, one.url_env, folder);
}

function sourceOf(
  file: string | undefined,
  variable: string | undefined,
  folder: string,
): SecretSource | undefined {
  if (file !== undefined) return { from: 'file', path: resolve(folder, file) };
  return variable === undefined ? undefined : { from: 'env', name: variable };
}
