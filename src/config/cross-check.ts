/**
 * Checks entries against each other: duplicate ids, apps that do not exist, one mailbox under two ids, a timeout longer
 * than the interval. Called by `load.ts` with all entries that could be read, so that an error in one entry does not
 * hide errors in others.
 */
import type { Entries } from './entries.ts';
import type { Checked } from './issues.ts';
import { checkMaintenance } from './maintenance-check.ts';
import { type ConfigError, isWithin, pathText } from './config-error.ts';
import { endpointName } from '../model/target.ts';
import { resolveEndpoint, resolveProtocols } from './resolve.ts';
import { didYouMean, shown } from './shown.ts';
import { valueAt } from './walk.ts';

export function crossCheck(entries: Entries): readonly ConfigError[] {
  return [
    ...duplicateIds('app', entries.apps),
    ...duplicateIds('mailbox', entries.mailboxes),
    ...unknownApps(entries),
    ...sameMailboxTwice(entries),
    ...timeoutsTooLong(entries),
    ...checkMaintenance(entries),
  ];
}

function duplicateIds(what: string, entries: readonly Checked<unknown>[]): readonly ConfigError[] {
  const first = new Map<string, Checked<unknown>>();
  return entries.flatMap((entry) => {
    const id = textAt(entry, 'id');
    const other = id === undefined ? undefined : first.get(id);
    if (id !== undefined && other === undefined) first.set(id, entry);
    if (other === undefined) return [];
    const { file, line } = other.file.error([...other.path, 'id'], { code: '', message: '' });
    const message = `expected a unique id, got ${shown(id)}, which the ${what} at ${file}:${line} already has`;
    return [entry.file.error([...entry.path, 'id'], { code: `duplicate-${what}-id`, message })];
  });
}

function unknownApps({ apps, mailboxes }: Entries): readonly ConfigError[] {
  const idIsWrong = (app: Checked<unknown>) =>
    textAt(app, 'id') === undefined || app.errors.some(({ path }) => path === pathText([...app.path, 'id']));
  // An unknown id may mean an app whose own id is invalid. So if there is such an app, unknown ids are not reported.
  if (apps.length === 0 || apps.some(idIsWrong)) return [];
  const known = new Set(apps.flatMap((app) => textAt(app, 'id') ?? []));
  const hints = new Map<string, string | undefined>();
  return mailboxes.flatMap((mailbox) => {
    const app = textAt(mailbox, 'app');
    if (app === undefined || known.has(app)) return [];
    if (!hints.has(app)) hints.set(app, didYouMean(app, known));
    const hint = hints.get(app);
    const message = `expected the id of an app under apps, got ${shown(app)}`;
    return [
      mailbox.file.error([...mailbox.path, 'app'], {
        code: 'unknown-app',
        message,
        ...(hint === undefined ? {} : { hint }),
      }),
    ];
  });
}

/**
 * Reports one mailbox under two ids, because it would be probed twice and counted twice. Two ids with different apps,
 * protocols or hosts are no error. During a migration, for example, the same address exists on two hosts.
 */
function sameMailboxTwice({ settings, apps, mailboxes }: Entries): readonly ConfigError[] {
  const { value: whole } = settings;
  if (whole === undefined) return [];
  const appById = new Map(
    apps.flatMap(({ value }) => (value === undefined ? [] : [[value.id, value] as const])),
  );
  const first = new Map<string, string>();
  return mailboxes.flatMap(({ value, file, path }) => {
    const app = value === undefined ? undefined : appById.get(value.app);
    if (value === undefined || app === undefined) return [];
    const keys = resolveProtocols(whole, app, value).map((protocol) =>
      [app.id, protocol, endpointName(resolveEndpoint(protocol, whole, app, value)), value.address]
        .join(' ')
        .toLowerCase(),
    );
    const other = keys.map((key) => first.get(key)).find((id) => id !== undefined && id !== value.id);
    for (const key of keys) if (!first.has(key)) first.set(key, value.id);
    if (other === undefined) return [];
    const message = `expected an address, app or host that differs from those of mailbox "${other}", got the same over the same protocol`;
    const hint = 'keep one of the two, or give them different protocols';
    return [file.error([...path, 'address'], { code: 'duplicate-address', message, hint })];
  });
}

interface Pace {
  readonly interval?: number | undefined;
  readonly timeout?: number | undefined;
}

/**
 * Checks each level (defaults, app, mailbox) that sets the timeout or the interval. If a level sets only one of them,
 * the other comes from the next wider level that sets it.
 */
function timeoutsTooLong({ settings, apps, mailboxes }: Entries): readonly ConfigError[] {
  const { value: whole } = settings;
  if (whole === undefined || settings.errors.some((error) => isWithin(error, 'defaults'))) return [];
  const error = (entry: Checked<unknown>, path: readonly string[], own: Pace, wider: readonly Pace[]) => {
    if (own.interval === undefined && own.timeout === undefined) return [];
    const inEffect = (key: keyof Pace) => [own, ...wider].find((pace) => pace[key] !== undefined)?.[key] ?? 0;
    const [interval, timeout] = [inEffect('interval'), inEffect('timeout')];
    if (timeout < interval) return [];
    const key =
      own.timeout === undefined || textAt(entry, ...path, 'timeout') === undefined ? 'interval' : 'timeout';
    const message = `expected a timeout shorter than the interval, got timeout ${seconds(timeout)} and interval ${seconds(interval)}`;
    return [entry.file.error([...entry.path, ...path, key], { code: 'timeout-not-below-interval', message })];
  };
  const paceOfApp = new Map<string, Pace>();
  for (const { value } of apps) if (value !== undefined) paceOfApp.set(value.id, value);
  return [
    ...error(settings, ['defaults'], whole.defaults, []),
    ...apps.flatMap((app) => (app.value === undefined ? [] : error(app, [], app.value, [whole.defaults]))),
    ...mailboxes.flatMap((mailbox) => {
      const pace = mailbox.value === undefined ? undefined : paceOfApp.get(mailbox.value.app);
      if (mailbox.value === undefined || pace === undefined) return [];
      return error(mailbox, [], mailbox.value, [pace, whole.defaults]);
    }),
  ];
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1_000}s`;
}

function textAt({ raw }: Checked<unknown>, ...path: readonly string[]): string | undefined {
  const value = valueAt(raw, path);
  return typeof value === 'string' ? value : undefined;
}
