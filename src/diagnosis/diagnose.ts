/**
 * Names the causes that the evidence of one probe and its context show, best first. It evaluates every rule, sorts the
 * findings, and links those that explain the same failure. It is pure: the same evidence and context always give the
 * same result.
 */
import { CAUSES, type Cause } from '../model/cause.ts';
import type { Context } from '../model/context.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { isEndedByUs, type Evidence } from '../model/evidence.ts';
import { composeDiagnosis } from './compose-diagnosis.ts';
import { inOrder } from './order.ts';
import type { About, Finding, Found } from './rule.ts';
import { RULES } from './rules.ts';
import { caseFactsOf, type CaseFacts } from './case-facts.ts';
import { leftOpen } from './when.ts';

/**
 * Returns the diagnoses, best first. Empty for a healthy probe without warnings, and for a probe that a shutdown or
 * reload ended. Only diagnoses without `alternativeTo` become problems.
 */
export function diagnose(evidence: Evidence, context: Context): readonly Diagnosis[] {
  if (isEndedByUs(evidence)) return [];
  return evaluate(caseFactsOf(evidence, context));
}

const EVERY_RULE = CAUSES.map((cause) => ({ cause, when: RULES[cause].when }));

export function evaluate(facts: CaseFacts): readonly Diagnosis[] {
  const loginRefused = facts.mail?.stage === 'auth' || facts.mail?.stage === 'open';
  const applying = findingsOf(facts);
  if (applying.length === 0) return [];
  const found = withoutSuperseded(applying, loginRefused);
  const ranked = inOrder(found, facts);
  return ranked.map((each) => {
    const leader = leaderOf(each, ranked, loginRefused);
    return composeDiagnosis(
      each,
      { leader, alternatives: alternativesOf(each, leader, ranked, loginRefused) },
      facts,
    );
  });
}

function findingsOf(facts: CaseFacts): readonly Found[] {
  const found: Found[] = [];
  for (const { cause, when } of EVERY_RULE) {
    const finding = when(facts) ?? leftOpen(cause, facts);
    if (finding !== undefined) found.push({ cause, finding });
  }
  return found;
}

const PROBER_FAULTS: ReadonlySet<Cause> = new Set(['prober-starved', 'own-network-down']);

/**
 * Returns the findings to report. If this machine's network is certainly down, or mailprobe certainly lacked resources,
 * only that finding remains. For each failure, a fallback yields to any other finding, and an uncertain finding yields
 * to a certain one.
 */
function withoutSuperseded(found: readonly Found[], loginRefused: boolean): readonly Found[] {
  const proberFault = found.find(
    ({ cause, finding }) => PROBER_FAULTS.has(cause) && finding.confidence === 'certain',
  );
  if (proberFault !== undefined) return [proberFault];
  return found.filter(({ cause, finding }) => {
    const isFallback = RULES[cause].fallback === true;
    const others = found.filter(
      (other) => other.cause !== cause && concernSame(other.finding, finding, loginRefused),
    );
    if (isFallback && others.some((other) => RULES[other.cause].fallback !== true)) return false;
    const settled = others.some((other) => other.finding.confidence === 'certain');
    return !settled || finding.confidence === 'certain';
  });
}

/**
 * Whether two findings explain the same failure. A finding about `network` explains both the token request and the mail
 * connection. A fault in the claims also explains the login that was refused because of it.
 */
function concernSame(a: Finding, b: Finding, loginRefused: boolean): boolean {
  if (a.about === b.about) return a.about !== 'credential' && a.about !== 'permissions';
  return explains(a.about, b.about, loginRefused) || explains(b.about, a.about, loginRefused);
}

function explains(a: About, b: About, loginRefused: boolean): boolean {
  if (a === 'network') return b === 'token' || b === 'mail' || b === 'refresh';
  return a === 'claims' && b === 'mail' && loginRefused;
}

/**
 * Returns the cause of the best finding about the same failure as `each`. Undefined if `each` is the best one, or is
 * certain.
 */
function leaderOf(each: Found, ranked: readonly Found[], loginRefused: boolean): Cause | undefined {
  if (each.finding.confidence === 'certain') return undefined;
  const leader = ranked.find(
    (other) => other === each || concernSame(other.finding, each.finding, loginRefused),
  );
  return leader === each ? undefined : leader?.cause;
}

/**
 * If there is a `leader`, it is the only alternative. Otherwise `each` is itself the best finding, or is certain, and
 * all other findings about the same failure are its alternatives.
 */
function alternativesOf(
  each: Found,
  leader: Cause | undefined,
  ranked: readonly Found[],
  loginRefused: boolean,
): readonly Cause[] {
  if (leader !== undefined) return [leader];
  return ranked
    .filter((other) => other !== each && concernSame(other.finding, each.finding, loginRefused))
    .map((other) => other.cause);
}
