/**
 * Caches the last reading of the directory for each app. Registrations change rarely, and all apps of a tenant share
 * the limits of Graph, so the directory is not read at each check. Called by credential-store.ts.
 */
import type { Failure } from '../../model/failure.ts';
import type { App } from '../../model/target.ts';
import { askedPauseMs } from '../token/token-pauses.ts';
import { type DirectoryEdges, type DirectoryReading, readDirectory } from './directory.ts';

export interface DirectoryCache {
  /**
   * Returns the cached reading if it is at most `maxAgeMs` old. Otherwise reads again. If a reading fails, the facts of
   * earlier readings are returned with the failure. The next call then reads again, but not before the end of a pause
   * that the host asked for. Never rejects.
   */
  readonly read: (app: App, maxAgeMs: number, signal: AbortSignal) => Promise<DirectoryReading>;
  readonly known: (app: App) => DirectoryReading | undefined;
  /**
   * Takes a stored reading of the previous process if this process has read nothing yet. The stored reading counts
   * until the next reading succeeds.
   */
  readonly restore: (app: App, reading: DirectoryReading) => void;
  readonly retain: (apps: readonly App[]) => void;
}

interface Entry {
  readonly reading: DirectoryReading;
  readonly at: number;
}

export function createDirectoryCache(edges: DirectoryEdges): DirectoryCache {
  const entries = new Map<string, Entry>();

  return {
    read: async (app, maxAgeMs, signal) => {
      const key = keyOf(app);
      const before = entries.get(key);
      if (before !== undefined && isFresh(before, maxAgeMs, Date.now())) return before.reading;
      const got = await readDirectory(app, edges, signal, isDenial(before?.reading.failure));
      const reading = afterReading(before?.reading, got);
      if (got.failure?.kind !== 'aborted') entries.set(key, { reading, at: Date.now() });
      return reading;
    },
    known: (app) => entries.get(keyOf(app))?.reading,
    restore: (app, reading) => {
      const key = keyOf(app);
      if (!entries.has(key)) entries.set(key, { reading, at: Number.NEGATIVE_INFINITY });
    },
    retain: (apps) => {
      const kept = new Set(apps.map(keyOf));
      for (const key of entries.keys()) if (!kept.has(key)) entries.delete(key);
    },
  };
}

/** Returns the new reading, with the earlier facts for the parts that it could not read. */
function afterReading(before: DirectoryReading | undefined, got: DirectoryReading): DirectoryReading {
  if (got.failure === undefined) return got;
  const registration = got.registration ?? before?.registration;
  const policy = registration?.policy ?? before?.registration?.policy;
  return {
    ...before,
    ...got,
    ...(registration && { registration: { ...registration, ...(policy && { policy }) } }),
  };
}

/**
 * True if the reading still counts. A failed reading counts only during a pause that the host asked for. If the clock
 * is set back, the reading must not count for longer.
 */
function isFresh({ reading: { failure }, at }: Entry, maxAgeMs: number, now: number): boolean {
  return Math.abs(now - at) < (failure === undefined ? maxAgeMs : askedPauseMs(failure));
}

/**
 * True if the directory refused the token. The next reading then needs a fresh token, because an issued token never
 * gains new permissions.
 */
export function isDenial(failure: Failure | undefined): boolean {
  return failure?.status === '401' || failure?.status === '403';
}

function keyOf({ id, tenant, clientId, graphEndpoint }: App): string {
  return JSON.stringify([id, tenant, clientId, graphEndpoint]);
}
