/**
 * Probes a target. If the mail host did not answer, also tries its other addresses and the token host, because our own
 * network may be down. Created by the engine.
 */
import { failedStages, isEndedByUs, type Evidence } from './model/evidence.ts';
import type { Redactor } from './model/redactor.ts';
import type { StatusChange } from './model/status.ts';
import type { Target } from './model/target.ts';
import type { Trace } from './model/trace.ts';
import { createControlConnections, needsControl, type ControlAnswer } from './probe/control-connection.ts';
import { createOtherAddresses } from './probe/other-addresses.ts';
import type { Probe } from './probe/probe.ts';
import type { StatusStore } from './status/status-store.ts';

/** `changes`: the mailboxes whose state became unknown, because our own network is down. */
export interface Observation {
  readonly evidence: Evidence;
  readonly changes: readonly StatusChange[];
}

export type Observe = (target: Target, signal: AbortSignal, trace?: Trace) => Promise<Observation>;

const NOT_ASKED: ControlAnswer = { at: 0, until: 0 };

export function createObserve(
  probe: Probe,
  { redactor, status }: { readonly redactor: Redactor; readonly status: Pick<StatusStore, 'setControl'> },
): Observe {
  const askTokenHost = createControlConnections(redactor);
  const tryOtherAddresses = createOtherAddresses();

  return async (target, signal, trace) => {
    const probed = await probe(target, signal, trace);
    if (failedStages(probed).length === 0 || isEndedByUs(probed)) return { evidence: probed, changes: [] };
    const { app } = target;
    const [evidence, { responds, ...when }] = await Promise.all([
      tryOtherAddresses(probed, target),
      needsControl(probed) ? askTokenHost(app) : NOT_ASKED,
    ]);
    if (responds === undefined) return { evidence, changes: [] };
    const sign = { role: 'token', host: app.authority, responds, ...when } as const;
    return { evidence, changes: status.setControl(sign, Date.now()) };
  };
}
