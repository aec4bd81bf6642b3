/**
 * Holds the state of each app's credential: whether it works, which registered credential it is, when it ends, and what
 * the directory says about the app. The answers to token requests update the state, and so does `describe`, which reads
 * files and the directory. The daemon uses the store through credential-watch.ts, and `check` uses it directly.
 */
import type { CredentialStatus } from '../../model/credential.ts';
import type { App } from '../../model/target.ts';
import { createDeadline } from '../deadline.ts';
import { sendHttpsRequest } from '../network/https-request.ts';
import type { TokenOutcome } from '../token/token-source.ts';
import { untilAborted } from '../token/until-aborted.ts';
import { type ConfiguredReaders, readConfigured } from './configured.ts';
import type { DirectoryEdges, DirectoryReading } from './directory.ts';
import { createDirectoryCache, type DirectoryCache } from './directory-cache.ts';
import { endDatesOf, matchCredential } from './match.ts';
import { type Validity, validityAfter } from './validity.ts';

/** Only tests pass `send`. */
export interface CredentialEdges extends ConfiguredReaders, Omit<DirectoryEdges, 'send'> {
  readonly send?: DirectoryEdges['send'];
}

export interface CredentialStore {
  /**
   * Replaces the apps. Keeps the state of each app whose identity and credential settings are unchanged. Returns the
   * ids of all other apps, including new ones.
   */
  readonly update: (apps: readonly App[]) => readonly string[];
  /**
   * Takes the states that the previous process stored. A stored state counts until its app is checked. Can be called
   * before or after the first `update`.
   */
  readonly restore: (statuses: readonly CredentialStatus[]) => void;
  /** Records the answer to any token request, whoever sent it. Returns true if the answer changed the state. */
  readonly observe: (app: App, scope: string, outcome: TokenOutcome) => boolean;
  /**
   * Reads the files of the credential, and the directory. Leaves the directory out if the app is not allowed to read
   * it, if Entra refuses the app a token, or if the last reading is at most `maxAgeMs` old. Never rejects.
   */
  readonly describe: (app: App, maxAgeMs: number, signal: AbortSignal) => Promise<void>;
  readonly statusOf: (appId: string) => CredentialStatus | undefined;
  /** In the order of the configuration. */
  readonly statuses: () => readonly CredentialStatus[];
}

type Description = Omit<CredentialStatus, keyof Validity | 'app' | 'kind'>;

interface Page {
  readonly app: App;
  readonly validity: Validity;
  readonly description: Description;
}

export function createCredentialStore(edges: CredentialEdges): CredentialStore {
  const directory = createDirectoryCache({ send: sendHttpsRequest, ...edges });
  let pages = new Map<string, Page>();
  const remembered = new Map<string, CredentialStatus>();

  /** Undefined if the app was changed or removed, which may happen during a check of the app. */
  const pageOf = (app: App): Page | undefined => {
    const page = pages.get(app.id);
    return page !== undefined && isSameCredential(page.app, app) ? page : undefined;
  };

  return {
    update: (apps) => {
      const before = pages;
      const begun: string[] = [];
      pages = new Map();
      for (const app of apps) {
        const known = before.get(app.id);
        const kept = known !== undefined && isSameCredential(known.app, app) ? known : undefined;
        if (kept === undefined) begun.push(app.id);
        pages.set(app.id, { ...(kept ?? beginPage(directory, app, remembered.get(app.id))), app });
      }
      remembered.clear();
      directory.retain(apps);
      return begun;
    },
    restore: (statuses) => {
      for (const status of statuses) {
        const page = pages.get(status.app);
        if (page === undefined) remembered.set(status.app, status);
        // If the app was checked since the start, its present state is newer than the stored one.
        else if (page.description.pending === true && page.validity.lastCheck === undefined)
          pages.set(status.app, beginPage(directory, page.app, status));
      }
    },
    observe: (app, scope, outcome) => {
      const page = pageOf(app);
      // A token for Graph needs the same credential as a mail token. So `invalid_client` in an answer for Graph means
      // that the credential is refused.
      const concernsApp = scope === app.scope || (!outcome.ok && outcome.facts.error === 'invalid_client');
      if (page === undefined || !concernsApp) return false;
      const validity = validityAfter(page.validity, outcome, Date.now());
      if (validity === page.validity) return false;
      pages.set(app.id, { ...page, validity });
      return true;
    },
    describe: async (app, maxAgeMs, signal) => {
      const { validity = {} } = pageOf(app) ?? {};
      const description = await describe(app, validity, maxAgeMs, { ...edges, directory, signal });
      const page = pageOf(app);
      if (page === undefined || signal.aborted) return;
      pages.set(app.id, { ...page, description });
    },
    statusOf: (appId) => {
      const page = pages.get(appId);
      return page && statusOfPage(page);
    },
    statuses: () => Array.from(pages.values(), statusOfPage),
  };
}

interface Describing extends CredentialEdges {
  readonly directory: DirectoryCache;
  readonly signal: AbortSignal;
}

async function describe(
  app: App,
  validity: Validity,
  maxAgeMs: number,
  edges: Describing,
): Promise<Description> {
  const { directory, signal } = edges;
  const configured = await untilAborted(readConfigured(app.credential, edges), signal);
  // If no registered credential matches, the configured one may have been registered after the last reading. So the
  // directory is read again.
  const { match: before } = matchCredential(configured, directory.known(app)?.registered, Date.now());
  const isSettled = before !== 'none' && before !== 'secret-id';
  const reading = await readDirectory(app, validity, isSettled ? maxAgeMs : 0, edges);
  const now = Date.now();
  const registered = reading?.registered ?? [];
  const match = matchCredential(configured, reading?.registered, now);
  return {
    endDates: endDatesOf(configured, app.credential.expiresAt, registered, match.matchedKeyId, now),
    registered,
    ...match,
    ...(reading?.registration !== undefined && { registration: reading.registration }),
    ...(reading?.failure !== undefined && { graphFailure: reading.failure }),
  };
}

async function readDirectory(
  app: App,
  { valid, previousInUse }: Validity,
  maxAgeMs: number,
  { directory, signal }: Describing,
): Promise<DirectoryReading | undefined> {
  // Entra would refuse a token for Graph as well, so none is requested with a refused credential.
  if (!app.graph || (valid === false && previousInUse !== true)) return directory.known(app);
  const deadline = createDeadline(app.timeoutMs, signal);
  const reading = await directory.read(app, maxAgeMs, deadline.signal);
  deadline.cancel();
  return reading;
}

function beginPage(directory: DirectoryCache, app: App, status: CredentialStatus | undefined): Page {
  const page = newPage(app, status);
  const { registered, registration } = page.description;
  // The stored end dates are used until the directory answers.
  if (app.graph && registered.length > 0)
    directory.restore(app, { registered, ...(registration !== undefined && { registration }) });
  return page;
}

function statusOfPage({ app, validity, description }: Page): CredentialStatus {
  return { app: app.id, kind: app.credential.kind, ...description, ...validity };
}

/** Begins with the stored status if it is about the same kind of credential. */
function newPage(app: App, status: CredentialStatus | undefined): Page {
  if (status?.kind !== app.credential.kind) return { app, validity: {}, description: undescribed(app) };
  const { valid, lastCheck, lastSuccess, refusal, previousInUse, secretShape, ...rest } = status;
  const { app: _app, kind: _kind, ...description } = rest;
  const validity = {
    ...(valid !== undefined && { valid }),
    ...(lastCheck !== undefined && { lastCheck }),
    ...(lastSuccess !== undefined && { lastSuccess }),
    ...(refusal !== undefined && { refusal }),
    ...(previousInUse !== undefined && { previousInUse }),
    ...(secretShape !== undefined && { secretShape }),
  };
  return { app, validity, description };
}

function undescribed({ credential }: App): Description {
  return {
    pending: true,
    endDates: endDatesOf(undefined, credential.expiresAt, [], undefined, 0),
    registered: [],
    match: 'unknown',
  };
}

function isSameCredential(a: App, b: App): boolean {
  return a === b || JSON.stringify(identity(a)) === JSON.stringify(identity(b));
}

function identity({ id, tenant, clientId, authority, graphEndpoint, scope, graph, credential }: App) {
  return [id, tenant, clientId, authority, graphEndpoint, scope, graph, credential];
}
