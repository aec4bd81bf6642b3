/**
 * Records the dialogue of a requested probe with the mail server, for `/probe?debug=true`. `probe-target.ts` takes the
 * trace when the probe begins. The caller of `run` gets it when the probe has ended.
 */
import type { Protocol } from './model/protocol.ts';
import { targetKey, type Target } from './model/target.ts';
import type { Trace, TraceLine } from './model/trace.ts';
import { createTrace } from './probe/trace.ts';

export interface TracedProbes {
  /** Returns the trace that records a probe of this target. Undefined if none was requested. */
  readonly take: (target: Target) => Trace | undefined;
  /**
   * Calls `probe`, which must probe the mailbox. Resolves to the dialogue of that probe. The dialogue is empty if a
   * probe of the mailbox was already under way.
   */
  readonly run: (
    mailbox: string,
    protocol: Protocol,
    probe: () => Promise<unknown>,
  ) => Promise<readonly TraceLine[]>;
}

export function createTracedProbes(): TracedProbes {
  const wanted = new Map<string, Trace>();
  return {
    take: (target) => wanted.get(targetKey(target)),
    run: async (mailbox, protocol, probe) => {
      const key = targetKey({ mailbox: { id: mailbox }, protocol });
      const trace = wanted.get(key) ?? createTrace();
      wanted.set(key, trace);
      try {
        await probe();
        return trace.lines();
      } finally {
        wanted.delete(key);
      }
    },
  };
}
