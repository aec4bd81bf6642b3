/**
 * Reads the configuration with all its files. Returns a complete `Config`, or all errors at once. The daemon calls it
 * at the start and at each reload, other commands call it once. It has no state.
 */
import { dirname, resolve } from 'node:path';
import { CONFIG_LIMIT_BYTES, FileError, type Files } from '../model/files.ts';
import { assumedUrl } from './assumed-url.ts';
import type { Config, HttpSettings, LoadResult } from './config.ts';
import { checkCredential, filesOf } from './credential-files.ts';
import { crossCheck } from './cross-check.ts';
import type { Entries } from './entries.ts';
import { readHttp } from './http-files.ts';
import { check, type Checked, itemsOf, type Piece } from './issues.ts';
import { readMailboxFiles, watchedFolder } from './mailbox-files.ts';
import { type Parsed, parseAuthorities } from './pem.ts';
import { type ConfigError, type Fault, isWithin, pathText, sortErrors } from './config-error.ts';
import { resolveMaintenance, resolveStore } from './memory-settings.ts';
import { checkNotify, checkNotifySecrets } from './notify-check.ts';
import { resolveNotify } from './notify-settings.ts';
import { proxyOfEnvironment } from './proxy-environment.ts';
import { readText } from './read-file.ts';
import { resolveApp, resolveMailbox, resolveNetwork, resolveTargets } from './resolve.ts';
import {
  type AppSettings,
  appSchema,
  mailboxSchema,
  type MailboxSettings,
  type Settings,
  shellSchema,
} from './schema.ts';
import type { Surroundings } from './surroundings.ts';
import { readYamlFile } from './yaml-file.ts';

/** Relative paths in the file begin at its folder. Never rejects because of a file's content. */
export async function loadConfig(path: string, surroundings: Surroundings): Promise<LoadResult> {
  const folder = dirname(path);
  const { files } = surroundings;
  const paths = new Set([resolve(path)]);
  const main = await readYamlFile(path, path, surroundings);
  const errors: ConfigError[] = [...main.errors];
  if (main.file === undefined) {
    return { ok: false, errors: errors.map(withWayOut), files: [...paths] };
  }
  const empty = emptyFault(main.file.data);
  if (empty !== undefined) return { ok: false, errors: [main.file.error([], empty)], files: [...paths] };

  const settings = checkTopLevel({ file: main.file, path: [], raw: main.file.data });
  const apps = itemsOf(main.file, ['apps']).map((piece) => check(appSchema, piece));
  const more = await readMailboxFiles(main.file, folder, surroundings, paths);
  const mailboxes = [...itemsOf(main.file, ['mailboxes']), ...more.pieces].map((piece) =>
    check(mailboxSchema, piece),
  );
  const entries: Entries = { settings, apps, mailboxes };
  errors.push(...[settings, ...apps, ...mailboxes].flatMap((entry) => entry.errors));
  errors.push(...more.errors, ...crossCheck(entries), ...noMailboxes(entries, more.errors));
  errors.push(...checkNotify(entries));
  const secretErrors = [
    ...(await checkCredentials(apps, folder, surroundings, paths)),
    ...(await checkNotifySecrets(entries, folder, surroundings, paths)),
  ];
  const ca = await readAuthorities(settings, folder, files, paths);
  const http = await checkHttp(settings, folder, files, paths);
  secretErrors.push(...http.errors);
  errors.push(...ca.errors, ...(surroundings.withoutSecrets === true ? [] : secretErrors));

  if (errors.length > 0 || settings.value === undefined || http.settings === undefined) {
    return { ok: false, errors: sortErrors(withoutEchoes(errors)), files: [...paths] };
  }
  return {
    ok: true,
    warnings: [...more.warnings, ...proxyOfEnvironment(entries, surroundings.env)],
    config: assemble(settings.value, http.settings, entries, folder, ca.pem, [...paths]),
  };
}

/** Adds a hint about how to begin, because the error about a missing file is the first that new users see. */
function withWayOut(error: ConfigError): ConfigError {
  if (error.code !== 'file-missing') return error;
  return { ...error, hint: 'create one with "mailprobe init", or name an existing one with --config FILE' };
}

/**
 * Checks the top level. If some keys have errors, the value is made from the others, so that apps and mailboxes can
 * still be checked.
 */
function checkTopLevel(piece: Piece): Checked<Settings> {
  const checked = check(shellSchema, piece);
  if (checked.value !== undefined || typeof piece.raw !== 'object' || piece.raw === null) return checked;
  const sound = Object.entries(piece.raw).filter(
    ([key]) => !checked.errors.some((error) => isWithin(error, pathText([key]))),
  );
  const { value } = check(shellSchema, { ...piece, raw: Object.fromEntries(sound) });
  return value === undefined ? checked : { ...checked, value };
}

function assemble(
  settings: Settings,
  http: HttpSettings,
  entries: Entries,
  folder: string,
  ca: string | undefined,
  files: readonly string[],
): Config {
  const apps = valuesOf<AppSettings>(entries.apps).map((written) => ({
    written,
    app: resolveApp(settings, written, folder, ca),
  }));
  const byId = new Map(apps.map((entry) => [entry.written.id, entry]));
  const watched = valuesOf<MailboxSettings>(entries.mailboxes).flatMap((written) => {
    const owner = byId.get(written.app);
    if (owner === undefined) return [];
    const mailbox = resolveMailbox(settings, owner.written, written);
    return [{ mailbox, targets: resolveTargets(settings, owner.written, written, owner.app, mailbox) }];
  });
  const externalUrl = settings.external_url ?? assumedUrl({ listen: settings.listen, http });
  return {
    listen: settings.listen,
    http,
    ...(externalUrl === undefined ? {} : { externalUrl }),
    ...resolveStore(settings.store, folder),
    ...(settings.replica?.name === undefined ? {} : { replica: settings.replica.name }),
    retentionMs: settings.retention,
    maintenance: resolveMaintenance(settings.maintenance),
    notify: resolveNotify({ ...settings, external_url: externalUrl }, folder),
    network: resolveNetwork(settings, {}, ca),
    apps: apps.map(({ app }) => app),
    mailboxes: watched.map(({ mailbox }) => mailbox),
    targets: watched.flatMap(({ targets }) => targets),
    concurrency: resolveConcurrency(settings.concurrency),
    logLevel: settings.log.level,
    files,
    folders: settings.mailbox_files.flatMap((entry) => watchedFolder(entry, folder) ?? []),
  };
}

function resolveConcurrency({ total, per_app: perApp }: Settings['concurrency']): Config['concurrency'] {
  return { ...(total === undefined ? {} : { total }), ...(perApp === undefined ? {} : { perApp }) };
}

function valuesOf<T>(entries: readonly Checked<T>[]): readonly T[] {
  return entries.flatMap(({ value }) => (value === undefined ? [] : [value]));
}

function emptyFault(data: unknown): Fault | undefined {
  if (data !== null && data !== undefined) return undefined;
  return {
    code: 'file-empty',
    message: 'expected a mapping with apps and mailboxes, got an empty file',
    hint: 'create one with "mailprobe init"',
  };
}

function noMailboxes(
  { settings, mailboxes }: Entries,
  fileErrors: readonly ConfigError[],
): readonly ConfigError[] {
  if (settings.value === undefined || mailboxes.length > 0 || fileErrors.length > 0) return [];
  const message = 'expected at least one mailbox under mailboxes or in mailbox_files, got none';
  return [settings.file.error(['mailboxes'], { code: 'no-mailboxes', message })];
}

async function checkCredentials(
  apps: readonly Checked<AppSettings>[],
  folder: string,
  surroundings: Surroundings,
  paths: Set<string>,
): Promise<readonly ConfigError[]> {
  const errors: ConfigError[] = [];
  // One app at a time, because a process cannot open the files of a thousand apps at once.
  for (const { value, file, path } of apps) {
    if (value === undefined) continue;
    for (const name of filesOf(value.credential, folder)) paths.add(name);
    const faults = await checkCredential(value.credential, folder, surroundings);
    errors.push(...faults.map(({ key, ...fault }) => file.error([...path, 'credential', key], fault)));
  }
  return errors;
}

async function checkHttp(
  { value, file }: Checked<Settings>,
  folder: string,
  files: Files,
  paths: Set<string>,
): Promise<{ readonly settings?: HttpSettings; readonly errors: readonly ConfigError[] }> {
  if (value === undefined) return { errors: [] };
  const { settings, faults } = await readHttp(value.http, folder, files, paths);
  const errors = faults.map(({ key, ...fault }) => file.error(['http', ...key.split('.')], fault));
  return { settings, errors };
}

async function readAuthorities(
  { value, file }: Checked<Settings>,
  folder: string,
  files: Files,
  paths: Set<string>,
): Promise<{ readonly pem: string | undefined; readonly errors: readonly ConfigError[] }> {
  if (value?.tls.ca_file === undefined) return { pem: undefined, errors: [] };
  const path = resolve(folder, value.tls.ca_file);
  paths.add(path);
  const parsed = await readText(files, path, CONFIG_LIMIT_BYTES).then(
    parseAuthorities,
    (error: unknown): Parsed<string> => {
      if (!(error instanceof FileError)) throw error;
      return { ok: false, fault: { code: error.code, message: `cannot read ${path}: ${error.reason}` } };
    },
  );
  if (parsed.ok) return { pem: parsed.value, errors: [] };
  return { pem: undefined, errors: [file.error(['tls', 'ca_file'], parsed.fault)] };
}

/** Leaves out errors about a value in which a variable could not be replaced. The error about the variable remains. */
function withoutEchoes(errors: readonly ConfigError[]): readonly ConfigError[] {
  const place = ({ file, path }: ConfigError) => `${file}\n${path}`;
  const unresolved = new Set(errors.filter(({ code }) => code.startsWith('variable-')).map(place));
  return errors.filter((error) => error.code.startsWith('variable-') || !unresolved.has(place(error)));
}
