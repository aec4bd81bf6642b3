/**
 * Parses a PostgreSQL URL. It may name several hosts, which the class `URL` does not support. Used by
 * `memory-schema.ts` and `memory-settings.ts`.
 */
import type { DatabaseSettings } from '../model/database.ts';

const DEFAULT_PORT = 5_432;

/** Returns the parts of the URL, or a message about what is wrong. The message repeats nothing of the URL. */
export function parseDatabaseUrl(
  url: string,
): Pick<DatabaseSettings, 'hosts' | 'user' | 'database' | 'tls'> | string {
  const parts = /^postgres(?:ql)?:\/\/([^\s/?#]+)\/([^\s/?#]+)(?:\?([^\s#]*))?$/.exec(url);
  if (parts === null) return 'it names a user, a host and a database';
  const [, authority = '', database = '', query = ''] = parts;
  const at = authority.lastIndexOf('@');
  if (at < 1) return 'it names a user before the host, as in mailprobe@db.example';
  const user = authority.slice(0, at);
  if (user.includes(':')) return 'a password must not be in the URL: put it into password_file';
  const hosts = authority
    .slice(at + 1)
    .split(',')
    .map(hostOf);
  if (!hosts.every((host) => host !== undefined))
    return 'each host is a name or an address, with a port or without';
  const tls = tlsOf(new URLSearchParams(query));
  if (tls === undefined) return 'after the database only ?sslmode=verify-full or ?sslmode=disable may follow';
  const [name, account] = [decoded(database), decoded(user)];
  if (name === undefined || account === undefined) return 'a "%" is followed by two hexadecimal digits';
  return { hosts, user: account, database: name, tls };
}

function hostOf(text: string): { readonly host: string; readonly port: number } | undefined {
  const parts = /^(?:\[([\da-fA-F:.]{2,45})\]|([\w.-]{1,253}))(?::(\d{1,5}))?$/.exec(text);
  if (parts === null) return undefined;
  const [, address, name, port] = parts;
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  return number < 1 || number > 65_535 ? undefined : { host: address ?? name ?? '', port: number };
}

function tlsOf(query: URLSearchParams): DatabaseSettings['tls'] | undefined {
  if ([...query.keys()].some((key) => key !== 'sslmode')) return undefined;
  const mode = query.get('sslmode') ?? 'verify-full';
  if (mode === 'disable') return 'none';
  return mode === 'verify-full' ? 'verify' : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
