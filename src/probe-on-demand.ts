/** Serves `POST /api/v1/mailboxes/ID/probe`: probes the mailbox now, with a new token if its last probe failed. */
import type { Engine } from './engine.ts';
import type { TargetStatus } from './model/status.ts';
import type { Protocol } from './model/protocol.ts';
import { type Target, targetKey } from './model/target.ts';

export interface DemandEdges {
  readonly targets: () => readonly Target[];
  /** Resolves when the probe has ended. */
  readonly probeNow: (target: Target) => Promise<void>;
}

export type ProbeOnDemand = (
  mailboxId: string,
  protocols?: readonly Protocol[],
) => Promise<readonly TargetStatus[]>;

export function createProbeOnDemand(
  { status, tokens }: Pick<Engine, 'status' | 'tokens'>,
  { targets, probeNow }: DemandEdges,
): ProbeOnDemand {
  const statusOf = (target: Target): TargetStatus | undefined => status.get(targetKey(target));

  return async (mailboxId, protocols) => {
    const chosen = targets().filter(
      ({ mailbox, protocol }) => mailbox.id === mailboxId && (protocols?.includes(protocol) ?? true),
    );
    const failing = chosen.find((target) => statusOf(target)?.lastProbe?.success === false);
    // A user who requests a probe after a failure has usually fixed the cause. So the probe uses neither the cached
    // token nor the cached refusal of a token.
    if (failing !== undefined) {
      const { app } = failing;
      await tokens.refresh(app, app.scope, AbortSignal.timeout(app.timeoutMs));
    }
    await Promise.all(chosen.map(probeNow));
    return chosen.flatMap((target) => statusOf(target) ?? []);
  };
}
