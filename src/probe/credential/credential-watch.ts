/**
 * Watches the credentials of the apps. On a slow schedule of its own, it requests a fresh token that bypasses the
 * cache, and reads the file and the directory. The daemon passes it token answers, changed files and failing logins; it
 * calls `onStatus` at each change.
 */
import type { CredentialStatus, Registration } from '../../model/credential.ts';
import type { Claims } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import { MAIL_ROLES } from '../../model/protocol.ts';
import type { App } from '../../model/target.ts';
import type { TokenCache, TokenOutcome } from '../token/token-source.ts';
import { credentialFiles } from './configured.ts';
import type { CredentialStore } from './credential-store.ts';
import { type Check, createCredentialSchedule, type CaseSource } from './credential-schedule.ts';
import { isDenial } from './directory-cache.ts';

export interface CredentialWatch {
  /** Replaces the apps. */
  readonly update: (apps: readonly App[]) => void;
  /** Takes an answer to a token request, whichever part sent it. */
  readonly observe: (app: App, scope: string, outcome: TokenOutcome) => void;
  /** Absolute paths. */
  readonly filesChanged: (paths: readonly string[]) => void;
  /** A mailbox of the app began to be refused. */
  readonly loginFailed: (appId: string) => void;
  readonly statusOf: (appId: string) => CredentialStatus | undefined;
  readonly statuses: () => readonly CredentialStatus[];
  /** No timer and no request is left when it resolves. */
  readonly close: () => Promise<void>;
}

export interface CredentialWatchEdges {
  /** The store that the watch keeps up to date. */
  readonly store: CredentialStore;
  readonly tokens: Pick<TokenCache, 'refresh'>;
  /** Called after every check, and after every answer that changes the state. `before`: the previously reported state. */
  readonly onStatus: (app: App, status: CredentialStatus, before: CredentialStatus | undefined) => void;
  readonly onBug: (error: unknown) => void;
}

/** Registrations change rarely; a changed file or a refused login rereads them at once. */
const DIRECTORY_AGE_MS = 6 * 3_600_000;
/** If a token was obtained within this share of the interval, no other is requested. */
const RECENT_SHARE = 1 / 6;

export function createCredentialWatch(edges: CredentialWatchEdges): CredentialWatch {
  const { store, onStatus, onBug } = edges;
  const announced = new Map<string, CredentialStatus>();
  /** The last contradiction by app. Each causes one new reading, even if that changes nothing. */
  const contradictions = new Map<string, string>();
  let apps: readonly App[] = [];

  const tell = (app: App): void => {
    const status = store.statusOf(app.id);
    if (status === undefined) return;
    onStatus(app, status, announced.get(app.id));
    announced.set(app.id, status);
  };

  const schedule = createCredentialSchedule({
    check: async (app, check) => {
      const isSettled = await checkCredential(edges, app, check);
      if (!check.signal.aborted) tell(app);
      return isSettled;
    },
    onBug,
  });

  return {
    update: (next) => {
      apps = next;
      // Known apps have another credential now; new ones are checked on schedule.
      for (const id of store.update(next)) schedule.ask(id, 'file-changed');
      schedule.update(next);
      for (const id of announced.keys()) if (store.statusOf(id) === undefined) announced.delete(id);
      // What is remembered of an app was reported before, by the process or the replica that watched it.
      for (const status of store.statuses())
        if (!announced.has(status.app)) announced.set(status.app, status);
      // Thresholds, owners and mailboxes may have changed.
      for (const app of next) tell(app);
    },
    observe: (app, scope, outcome) => {
      if (store.observe(app, scope, outcome)) tell(app);
      if (!outcome.ok || scope !== app.scope) return;
      const contradiction = contradictionOf(store.statusOf(app.id)?.registration, outcome.claims);
      if (contradiction !== undefined && contradictions.get(app.id) !== contradiction)
        schedule.ask(app.id, 'token-contradicts');
      if (contradiction === undefined) contradictions.delete(app.id);
      else contradictions.set(app.id, contradiction);
    },
    filesChanged: (paths) => {
      for (const { id, credential } of apps) {
        if (credentialFiles(credential).some((path) => paths.includes(path)))
          schedule.ask(id, 'file-changed');
      }
    },
    loginFailed: (appId) => {
      // A refused credential is tried again on schedule, or when its file changes.
      if (store.statusOf(appId)?.valid !== false) schedule.ask(appId, 'login-failed');
    },
    statusOf: store.statusOf,
    statuses: store.statuses,
    close: schedule.close,
  };
}

/** Requests a token if none was obtained lately, and reads the directory. True if there was a result. */
async function checkCredential(
  { store, tokens }: Pick<CredentialWatchEdges, 'store' | 'tokens'>,
  app: App,
  { source, since, signal }: Check,
): Promise<boolean> {
  const before = store.statusOf(app.id);
  if (before === undefined) return true;
  const age = Date.now() - (before.lastCheck ?? Number.NEGATIVE_INFINITY);
  // A token that contradicts the directory was obtained just now.
  if (ASKS_ANEW.has(source) || age >= app.credentialIntervalMs * RECENT_SHARE) {
    // The answer arrives through `observe`, like every answer.
    await tokens.refresh(app, app.scope, signal, since);
  }
  await store.describe(app, source === 'due' ? DIRECTORY_AGE_MS : 0, signal);
  const status = store.statusOf(app.id);
  return status === undefined || (status.valid !== undefined && !isPassing(status.graphFailure));
}

const ASKS_ANEW: ReadonlySet<CaseSource> = new Set(['login-failed', 'file-changed']);

/** Permissions that differ between the token and the last reading of the directory. */
function contradictionOf(registration: Registration | undefined, { roles = [] }: Claims): string | undefined {
  if (registration === undefined) return undefined;
  const differ = MAIL_ROLES.filter(
    (role) => registration.grantedRoles.includes(role) !== roles.includes(role),
  );
  return differ.length === 0 ? undefined : `${differ.join(' ')} in the token: ${roles.join(' ')}`;
}

/** The failure may pass within minutes, so the directory is read again before the next interval. */
function isPassing(failure: Failure | undefined): boolean {
  return (
    failure !== undefined && !isDenial(failure) && failure.status !== '404' && failure.kind !== 'protocol'
  );
}
