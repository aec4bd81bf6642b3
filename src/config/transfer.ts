/**
 * Passes a configuration from one process to another as text: one row for each mailbox, and everything else as the
 * head. The receiver keeps the objects of apps and mailboxes that did not change, so that a reload applies only what
 * changed. `config-child.ts` sends the text, and `config-process.ts` receives it.
 */
import { hash } from 'node:crypto';
import type { App, Mailbox, Target } from '../model/target.ts';
import type { Config } from './config.ts';
import { fromText, toText } from './transfer-text.ts';

/** A mailbox with its targets as JSON, and the hash of that text. */
export type ConfigRow = readonly [hash: string, text: string];

export interface ConfigReceiver {
  /** Begins a new configuration. `head` is everything but mailboxes and targets. */
  readonly begin: (head: string) => void;
  readonly add: (rows: readonly ConfigRow[]) => void;
  readonly end: () => Config;
}

type Head = Omit<Config, 'mailboxes' | 'targets'>;
type Settings = Omit<Target, 'mailbox' | 'app' | 'network'>;
interface Row {
  readonly mailbox: Mailbox;
  readonly targets: readonly Settings[];
}

/** The objects made from a row, and the app that the mailbox belongs to. */
interface Known {
  readonly mailbox: Mailbox;
  readonly app: App;
  readonly targets: readonly Target[];
}

export function headOf({ mailboxes: _mailboxes, targets: _targets, ...head }: Config): string {
  return toText(head satisfies Head);
}

/** Returns the rows of all mailboxes, in slices of `size`. */
export function* rowsOf({ mailboxes, targets }: Config, size: number): Iterable<readonly ConfigRow[]> {
  let at = 0;
  let rows: ConfigRow[] = [];
  for (const mailbox of mailboxes) {
    const own = targets.slice(at, (at += mailbox.protocols.length));
    const text = JSON.stringify({ mailbox, targets: own.map(settingsOf) } satisfies Row);
    rows.push([hash('sha256', text, 'base64'), text]);
    if (rows.length < size) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

export function createConfigReceiver(): ConfigReceiver {
  let knownApps: ReadonlyMap<string, App> = new Map();
  let known: ReadonlyMap<string, Known> = new Map();
  let head: Head | undefined;
  let apps = new Map<string, App>();
  let next = new Map<string, Known>();
  let share = createSharing();

  const receive = ([key, text]: ConfigRow): void => {
    const before = known.get(key);
    const app = before === undefined ? undefined : apps.get(before.mailbox.app);
    if (before !== undefined && before.app === app) {
      next.set(key, before);
      return;
    }
    const row: Row = JSON.parse(text);
    const owner = app ?? apps.get(row.mailbox.app);
    if (owner === undefined) throw new Error(`mailbox ${row.mailbox.id} has no app`);
    const mailbox = before?.mailbox ?? { ...share(row.mailbox), app: owner.id };
    next.set(key, {
      mailbox,
      app: owner,
      targets: row.targets.map((settings) => targetOf(share(settings), mailbox, owner)),
    });
  };

  return {
    begin(text) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `headOf`
      head = fromText(text) as Head;
      apps = new Map(head.apps.map((app) => [app.id, sameApp(knownApps.get(app.id), app)]));
      next = new Map();
      share = createSharing();
    },
    add(rows) {
      for (const row of rows) receive(row);
    },
    end() {
      if (head === undefined) throw new Error('a configuration ends that did not begin');
      const watched = [...next.values()];
      const config: Config = {
        ...head,
        apps: [...apps.values()],
        mailboxes: watched.map(({ mailbox }) => mailbox),
        targets: watched.flatMap(({ targets }) => targets),
      };
      knownApps = apps;
      known = next;
      head = undefined;
      return config;
    },
  };
}

function settingsOf({ mailbox: _mailbox, app: _app, network: _network, ...settings }: Target): Settings {
  return settings;
}

function targetOf(settings: Settings, mailbox: Mailbox, app: App): Target {
  const { protocol, endpoint, intervalMs, timeoutMs, failureThreshold, successThreshold } = settings;
  return {
    mailbox,
    protocol,
    app,
    endpoint,
    network: app.network,
    intervalMs,
    timeoutMs,
    failureThreshold,
    successThreshold,
  };
}

/** Returns the earlier object if the app did not change, else the new one. */
function sameApp(before: App | undefined, app: App): App {
  return before !== undefined && toText(before) === toText(app) ? before : app;
}

/**
 * Returns a function that makes equal members of rows share one object, to save memory. Most mailboxes have the same
 * labels, protocols and endpoints.
 */
function createSharing(): <T extends object>(row: T) => T {
  const shared = new Map<string, unknown>();
  return (row) => {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value !== 'object' || value === null) continue;
      const text = JSON.stringify(value);
      if (!shared.has(text)) shared.set(text, value);
      Object.assign(row, { [name]: shared.get(text) });
    }
    return row;
  };
}
