/**
 * Checks notification channels without sending anything: duplicate ids, unknown apps, files and variables that cannot
 * be read. Only `notify test` finds out whether the receiver accepts a message. Called by `load.ts`.
 */
import { resolve } from 'node:path';
import { parseSigningKeys } from '../model/signing-keys.ts';
import type { SecretSource } from '../model/target.ts';
import type { Entries } from './entries.ts';
import type { ConfigError, Fault, Path } from './config-error.ts';
import { readSecret, SecretError } from './secret.ts';
import { didYouMean, shown, shownKind } from './shown.ts';
import type { Surroundings } from './surroundings.ts';
import { valueAt } from './walk.ts';

export function checkNotify({ settings, apps }: Entries): readonly ConfigError[] {
  const channels = settings.value?.notify ?? [];
  const known = new Set(apps.flatMap(({ raw }) => textOf(valueAt(raw, ['id'])) ?? []));
  const seen = new Set<string>();
  const errors: ConfigError[] = [];
  const report = (path: Path, fault: Fault): void =>
    void errors.push(settings.file.error(['notify', ...path], fault));
  for (const [at, channel] of channels.entries()) {
    if (seen.has(channel.id)) {
      const message = `expected a unique id, got ${shown(channel.id)}, which another channel already has`;
      report([at, 'id'], { code: 'duplicate-channel-id', message });
    }
    seen.add(channel.id);
    // An unknown id may mean an app whose own id is invalid. So if there is such an app, unknown ids are not reported.
    if (known.size < apps.length || known.size === 0) continue;
    for (const [index, app] of (channel.apps ?? []).entries())
      if (!known.has(app)) report([at, 'apps', index], unknownApp(app, known));
    if (channel.app !== undefined && !known.has(channel.app))
      report([at, 'app'], unknownApp(channel.app, known));
  }
  return errors;
}

function unknownApp(app: string, known: ReadonlySet<string>): Fault {
  const hint = didYouMean(app, known);
  const message = `expected the id of an app under apps, got ${shown(app)}`;
  return { code: 'unknown-app', message, ...(hint === undefined ? {} : { hint }) };
}

const SOURCES = ['url', 'secret', 'token', 'password'] as const;

/**
 * Reads each secret once, and returns an error for each that cannot be used. Each file that is named is added to
 * `paths`.
 */
export async function checkNotifySecrets(
  { settings }: Entries,
  folder: string,
  surroundings: Surroundings,
  paths: Set<string>,
): Promise<readonly ConfigError[]> {
  const { value, file } = settings;
  if (value === undefined) return [];
  const places: readonly (readonly [Path, object])[] = [
    ...value.notify.map((channel, at): readonly [Path, object] => [['notify', at], channel]),
    ...(value.heartbeat === undefined ? [] : [[['heartbeat'], value.heartbeat] as const]),
  ];
  const errors: ConfigError[] = [];
  for (const [path, one] of places) {
    for (const [key, source] of sourcesOf(one, folder)) {
      if (source.from === 'file') paths.add(source.path);
      const fault = await faultOf(source, key, surroundings);
      if (fault !== undefined) errors.push(file.error([...path, key], fault));
    }
  }
  return errors;
}

function sourcesOf(one: object, folder: string): readonly (readonly [string, SecretSource])[] {
  const found: [string, SecretSource][] = [];
  for (const what of SOURCES) {
    const file = textOf(valueAt(one, [`${what}_file`]));
    const name = textOf(valueAt(one, [`${what}_env`]));
    if (file !== undefined) found.push([`${what}_file`, { from: 'file', path: resolve(folder, file) }]);
    if (name !== undefined) found.push([`${what}_env`, { from: 'env', name }]);
  }
  return found;
}

async function faultOf(
  source: SecretSource,
  key: string,
  surroundings: Surroundings,
): Promise<Fault | undefined> {
  try {
    const secret = await readSecret(source, surroundings);
    return faultOfValue(key, secret.reveal().trim());
  } catch (error) {
    if (!(error instanceof SecretError)) throw error;
    const what = source.from === 'file' ? 'this file' : `the environment variable ${source.name}`;
    return { code: error.code, message: `cannot use ${what}: ${error.reason}` };
  }
}

/** Checks the value of a secret. The returned fault repeats nothing of the value. */
function faultOfValue(key: string, value: string): Fault | undefined {
  if (key.startsWith('url')) {
    const isUrl = URL.canParse(value) && /^https?:\/\//.test(value);
    const message = `expected an http or https URL in it, got ${shownKind(value)}`;
    return isUrl ? undefined : { code: 'not-a-url', message };
  }
  if (!key.startsWith('secret')) return undefined;
  const keys = parseSigningKeys(value);
  if (typeof keys !== 'string') return undefined;
  return { code: 'bad-signing-key', message: keys, hint: SIGNING_KEY_HINT };
}

const SIGNING_KEY_HINT = 'make one: echo "whsec_$(openssl rand -base64 32)"';

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
