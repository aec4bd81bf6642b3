/**
 * Watches the credentials of the apps. At long intervals, it requests a fresh token that bypasses the cache, and reads
 * the credential file and the directory. The daemon also passes it token answers, changed files and failing logins. The
 * watch calls `onStatus` with each new state.
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
  readonly update: (apps: readonly App[]) => void;
  /** Does the same as `update` in one step for each app, so that the caller can do other work in between. */
  readonly updateInSteps: (apps: readonly App[]) => Iterable<void>;
  /** Takes the answer to any token request, whoever sent it. */
  readonly observe: (app: App, scope: string, outcome: TokenOutcome) => void;
  /** Takes the absolute paths of changed files. Checks each app whose credential is read from one of them. */
  readonly filesChanged: (paths: readonly string[]) => void;
  /** Called when the login of one of the app's mailboxes has begun to fail. */
  readonly loginFailed: (appId: string) => void;
  readonly statusOf: (appId: string) => CredentialStatus | undefined;
  readonly statuses: () => readonly CredentialStatus[];
  /** Ends the watch. Resolves when no timer and no request is left. */
  readonly close: () => Promise<void>;
}

export interface CredentialWatchEdges {
  readonly store: CredentialStore;
  readonly tokens: Pick<TokenCache, 'refresh'>;
  /**
   * Called after every check, after every answer that changes the state, and for every app after `update`. `before` is
   * the state of the last call.
   */
  readonly onStatus: (app: App, status: CredentialStatus, before: CredentialStatus | undefined) => void;
  readonly onBug: (error: unknown) => void;
}

/**
 * A regular check accepts a directory reading up to this age, because registrations change rarely. Any other check
 * reads the directory again.
 */
const DIRECTORY_AGE_MS = 6 * 3_600_000;
/**
 * A regular check requests no token if the last answer about the credential is younger than this share of the interval.
 */
const RECENT_SHARE = 1 / 6;

export function createCredentialWatch(edges: CredentialWatchEdges): CredentialWatch {
  const { store, onStatus, onBug } = edges;
  const announced = new Map<string, CredentialStatus>();
  /** For each app, how its last token differs from the directory. Each new difference causes one check. */
  const contradictions = new Map<string, string>();
  let apps: readonly App[] = [];

  const notifyApp = (app: App): void => {
    const status = store.statusOf(app.id);
    if (status === undefined) return;
    onStatus(app, status, announced.get(app.id));
    announced.set(app.id, status);
  };

  const schedule = createCredentialSchedule({
    check: async (app, check) => {
      const isSettled = await checkCredential(edges, app, check);
      if (!check.signal.aborted) notifyApp(app);
      return isSettled;
    },
    onBug,
  });

  function* updateInSteps(next: readonly App[]): Iterable<void> {
    apps = next;
    // Checks the apps whose credential settings changed. The schedule ignores new apps, which it does not have yet.
    for (const id of store.update(next)) schedule.ask(id, 'file-changed');
    schedule.update(next);
    adoptRestored(announced, store);
    // Report each state again, because thresholds, owners and mailboxes may have changed.
    for (const app of next) {
      notifyApp(app);
      yield;
    }
  }

  return {
    update: (next) => void [...updateInSteps(next)],
    updateInSteps,
    observe: (app, scope, outcome) => {
      if (store.observe(app, scope, outcome)) notifyApp(app);
      if (!outcome.ok || scope !== app.scope) return;
      const contradiction = contradictionOf(store.statusOf(app.id)?.registration, outcome.claims);
      if (contradiction !== undefined && contradictions.get(app.id) !== contradiction)
        schedule.ask(app.id, 'token-contradicts');
      if (contradiction === undefined) contradictions.delete(app.id);
      else contradictions.set(app.id, contradiction);
    },
    filesChanged: (paths) => {
      for (const { id } of appsWithFiles(apps, paths)) schedule.ask(id, 'file-changed');
    },
    loginFailed: (appId) => {
      // A refused credential is checked again at the regular time, or when its file changes.
      if (store.statusOf(appId)?.valid !== false) schedule.ask(appId, 'login-failed');
    },
    statusOf: store.statusOf,
    statuses: store.statuses,
    close: schedule.close,
  };
}

/** A restored state counts as announced, because the previous process or another replica did that. */
function adoptRestored(
  announced: Map<string, CredentialStatus>,
  { statusOf, statuses }: Pick<CredentialWatchEdges['store'], 'statusOf' | 'statuses'>,
): void {
  for (const id of announced.keys()) if (statusOf(id) === undefined) announced.delete(id);
  for (const status of statuses()) if (!announced.has(status.app)) announced.set(status.app, status);
}

function appsWithFiles(apps: readonly App[], paths: readonly string[]): readonly App[] {
  return apps.filter(({ credential }) => credentialFiles(credential).some((path) => paths.includes(path)));
}

/**
 * Requests a token if the last answer is not recent, and reads the directory. Returns false if the check must be
 * repeated soon, because nothing is known about the credential or a failure of the directory may pass.
 */
async function checkCredential(
  { store, tokens }: Pick<CredentialWatchEdges, 'store' | 'tokens'>,
  app: App,
  { source, since, signal }: Check,
): Promise<boolean> {
  const before = store.statusOf(app.id);
  if (before === undefined) return true;
  const age = Date.now() - (before.lastCheck ?? Number.NEGATIVE_INFINITY);
  // `token-contradicts` requests no new token, because the token that differs from the directory was issued just now.
  if (ASKS_ANEW.has(source) || age >= app.credentialIntervalMs * RECENT_SHARE) {
    // The answer arrives through `observe`.
    await tokens.refresh(app, app.scope, signal, since);
  }
  await store.describe(app, source === 'due' ? DIRECTORY_AGE_MS : 0, signal);
  const status = store.statusOf(app.id);
  return status === undefined || (status.valid !== undefined && !isPassing(status.graphFailure));
}

const ASKS_ANEW: ReadonlySet<CaseSource> = new Set(['login-failed', 'file-changed']);

/**
 * Returns a text with the mail permissions that differ between the token and the last reading of the directory.
 * Undefined if none differs.
 */
function contradictionOf(registration: Registration | undefined, { roles = [] }: Claims): string | undefined {
  if (registration === undefined) return undefined;
  const differ = MAIL_ROLES.filter(
    (role) => registration.grantedRoles.includes(role) !== roles.includes(role),
  );
  return differ.length === 0 ? undefined : `${differ.join(' ')} in the token: ${roles.join(' ')}`;
}

/** True if the failure may pass within minutes. The directory is then read again before the next interval. */
function isPassing(failure: Failure | undefined): boolean {
  return (
    failure !== undefined && !isDenial(failure) && failure.status !== '404' && failure.kind !== 'protocol'
  );
}
