/**
 * Requests fresh tokens for apps whose token lacks a permission, because a permission that was just granted shows only
 * in a token that is issued later. The probes of such an app request a fresh token about every minute. When a token has
 * the permission, all targets that failed without it are probed at once. Used by `probe-target.ts`.
 */
import { type Evidence, isTokenAccepted, stageOf } from './model/evidence.ts';
import { type Target, targetKey } from './model/target.ts';
import { hasRole } from './model/token-claims.ts';
import type { TokenCache } from './probe/token/token-source.ts';

/** The pause between requests for a fresh token. The scheduler adds up to a tenth of it as jitter. */
const PAUSE_MS = 50_000;
const AT_ONCE_MS = 0;
const NEVER = Number.NEGATIVE_INFINITY;

export interface UnfitTokens {
  /**
   * Resolves to the time in milliseconds after which to probe the target again because of its token. Undefined if the
   * target keeps its usual time.
   */
  readonly renew: (target: Target, evidence: Evidence, signal: AbortSignal) => Promise<number | undefined>;
}

/** The targets that wait for a new token of one app. */
interface Waiting {
  /** When a fresh token was last requested, and when one with the permission arrived, in epoch milliseconds. */
  askedAt: number;
  fitAt: number;
  /** The waiting targets, by key. */
  readonly targets: Map<string, Target>;
}

export interface UnfitTokenEdges {
  readonly refresh: TokenCache['refresh'];
  readonly probeNow: (target: Target) => void;
  readonly now: () => number;
}

export function createUnfitTokens({ refresh, probeNow, now }: UnfitTokenEdges): UnfitTokens {
  const waiting = new Map<string, Waiting>();

  return {
    renew: async (target, evidence, signal) => {
      const { app } = target;
      const own = waiting.get(app.id);
      const isUnfit = stageOf(evidence, 'claims')?.failure?.kind === 'claims';
      if (!isUnfit || isTokenAccepted(evidence)) {
        own?.targets.delete(targetKey(target));
        if (own?.targets.size === 0) waiting.delete(app.id);
        return undefined;
      }
      const entry = own ?? { askedAt: NEVER, fitAt: NEVER, targets: new Map<string, Target>() };
      waiting.set(app.id, entry);
      entry.targets.set(targetKey(target), target);
      // A token with the permission arrived while this probe was running.
      if (evidence.startedAt < entry.fitAt) return AT_ONCE_MS;
      if (now() - entry.askedAt < PAUSE_MS) return undefined;
      entry.askedAt = now();
      // The probe itself requested this token, so it is fresh.
      if (stageOf(evidence, 'token')?.facts.source === 'fetched') return PAUSE_MS;
      const outcome = await refresh(app, app.scope, signal);
      const isFit = outcome.ok && outcome.claims !== undefined && hasRole(outcome.claims, target.protocol);
      if (!isFit) return PAUSE_MS;
      entry.fitAt = now();
      // The probe of this target has not ended, so it cannot be started again now.
      for (const other of entry.targets.values()) if (other !== target) probeNow(other);
      return AT_ONCE_MS;
    },
  };
}
