/**
 * `check` probes once, so it does not know whether the mailbox worked before, or whether the failure lasts. This file
 * finds the causes that would come first if `check` knew the past.
 */
import type { Context, History, Peers } from '../model/context.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Evidence } from '../model/evidence.ts';
import { perProtocol } from '../model/protocol.ts';
import { diagnose } from './diagnose.ts';

/** A diagnosis that would come first if a condition held. */
export interface OverTime {
  /** Completes "if ...": `it worked until a moment ago`. */
  readonly condition: string;
  readonly diagnosis: Diagnosis;
}

const HOUR_MS = 3_600_000;

interface Hypothesis {
  readonly condition: string;
  readonly worked: boolean;
  /** Two failures in a row confirm a fault. Four failures in a row show that the fault lasts. */
  readonly consecutiveFailures: number;
}

const HYPOTHESES: readonly Hypothesis[] = [
  { condition: 'it worked until a moment ago', worked: true, consecutiveFailures: 2 },
  { condition: 'it worked before and keeps failing now', worked: true, consecutiveFailures: 4 },
  { condition: 'it has never worked and keeps failing', worked: false, consecutiveFailures: 4 },
];

/**
 * Returns the causes that would come first under some condition, each once and without `first`. Empty if a past success
 * is known, or if no condition changes the first cause.
 */
export function onlyTimeCanTell(
  evidence: Evidence,
  context: Context,
  first: Diagnosis | undefined,
): readonly OverTime[] {
  if (first === undefined || context.history.lastSuccess !== undefined) return [];
  const named = new Set([first.cause]);
  return HYPOTHESES.flatMap((hypothesis) => {
    const [diagnosis] = diagnose(evidence, supposing(hypothesis, context));
    if (diagnosis === undefined || named.has(diagnosis.cause)) return [];
    named.add(diagnosis.cause);
    return [{ condition: hypothesis.condition, diagnosis }];
  });
}

/**
 * Returns the context with an assumed past. If the mailbox is assumed to have worked before, the same is assumed of the
 * other targets that fail.
 */
function supposing({ worked, consecutiveFailures }: Hypothesis, context: Context): Context {
  const history: History = { ...context.history, consecutiveFailures, probesTotal: consecutiveFailures };
  if (!worked) return { ...context, history };
  const { now, siblings, tenant, endpoint } = context;
  return {
    ...context,
    siblings: perProtocol((protocol) => lost(siblings[protocol])),
    tenant: lost(tenant),
    endpoint: lost(endpoint),
    history: { ...history, lastSuccess: now - HOUR_MS, failingSince: now - HOUR_MS / 2 },
  };
}

function lost(peers: Peers): Peers {
  return { ...peers, everSucceeded: peers.succeeded + peers.failed };
}
