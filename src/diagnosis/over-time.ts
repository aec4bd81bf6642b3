/**
 * What only time can tell. A single probe does not know whether the mailbox worked before, nor whether the failure
 * lasts; the daemon does. Where that would put another cause first, this one is named. Called by `check`, which has no
 * memory.
 */
import type { Context, History, Peers } from '../model/context.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Evidence } from '../model/evidence.ts';
import { perProtocol } from '../model/protocol.ts';
import { diagnose } from './diagnose.ts';

/** What would come first on that condition, in place of what comes first now. */
export interface OverTime {
  /** Completes "if ...": `it worked until a moment ago`. */
  readonly condition: string;
  readonly diagnosis: Diagnosis;
}

const HOUR_MS = 3_600_000;

interface Hypothesis {
  readonly condition: string;
  readonly worked: boolean;
  /** Failures in a row: the second confirms the first, four are no passing fault. */
  readonly consecutiveFailures: number;
}

const HYPOTHESES: readonly Hypothesis[] = [
  { condition: 'it worked until a moment ago', worked: true, consecutiveFailures: 2 },
  { condition: 'it worked before and keeps failing now', worked: true, consecutiveFailures: 4 },
  { condition: 'it has never worked and keeps failing', worked: false, consecutiveFailures: 4 },
];

/** Each other cause once. Empty if there is a past already, and where nothing depends on it. */
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

/** The others that fail are supposed to have shared its past. */
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
