/**
 * A permission that was just granted shows in a token that is issued after it. While an app's token lacks one, a probe
 * of the app asks for a fresh token about every minute, and when it is fit, all that failed for it are probed at once.
 * Used by `probe-target.ts`.
 */
import { type Evidence, isTokenAccepted, stageOf } from './model/evidence.ts';
import { type Target, targetKey } from './model/target.ts';
import { hasRole } from './model/token-claims.ts';
import type { TokenCache } from './probe/token/token-source.ts';

/** The scheduler adds up to a fifth to it. */
const PAUSE_MS = 50_000;
const AT_ONCE_MS = 0;
const NEVER = Number.NEGATIVE_INFINITY;

export interface UnfitTokens {
  /** In how many milliseconds the target is to be probed again because of its token; `undefined`: as usual. */
  readonly renew: (target: Target, evidence: Evidence, signal: AbortSignal) => Promise<number | undefined>;
}

/** What waits for a new token of one app. */
interface Waiting {
  /** When a fresh token was last asked for, and when one that is fit came. Epoch milliseconds. */
  askedAt: number;
  fitAt: number;
  /** The targets that wait for one, by key. */
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
      // The new token came while this probe was running.
      if (evidence.startedAt < entry.fitAt) return AT_ONCE_MS;
      if (now() - entry.askedAt < PAUSE_MS) return undefined;
      entry.askedAt = now();
      // This one was issued for this very probe.
      if (stageOf(evidence, 'token')?.facts.source === 'fetched') return PAUSE_MS;
      const outcome = await refresh(app, app.scope, signal);
      const isFit = outcome.ok && outcome.claims !== undefined && hasRole(outcome.claims, target.protocol);
      if (!isFit) return PAUSE_MS;
      entry.fitAt = now();
      // The probe of this one has not ended: it cannot be begun now.
      for (const other of entry.targets.values()) if (other !== target) probeNow(other);
      return AT_ONCE_MS;
    },
  };
}
