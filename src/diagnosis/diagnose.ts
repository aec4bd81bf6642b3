/**
 * What does it mean? From one look's evidence and its context to named causes, best first. The engine calls
 * it for the daemon and for `check`; it asks every rule, ranks what they found, and lets candidates for one and the same failure name each
 * other. Pure: the same evidence and context give the same answer for ever.
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

/** Empty for a healthy look without warnings. Problems are made of those without `alternativeTo`. */
export function diagnose(evidence: Evidence, context: Context): readonly Diagnosis[] {
  if (isEndedByUs(evidence)) return [];
  return judge(caseFactsOf(evidence, context));
}

export function judge(facts: CaseFacts): readonly Diagnosis[] {
  const loginRefused = facts.mail?.stage === 'auth' || facts.mail?.stage === 'open';
  const found = withoutSuperseded(
    CAUSES.flatMap((cause) => {
      const finding = RULES[cause].when(facts) ?? leftOpen(cause, facts);
      return finding === undefined ? [] : [{ cause, finding }];
    }),
    loginRefused,
  );
  const ranked = inOrder(found, facts);
  return ranked.map((each) => {
    const leader = leaderOf(each, ranked, loginRefused);
    return composeDiagnosis(each, { leader, rivals: rivalsOf(each, leader, ranked, loginRefused) }, facts);
  });
}

const OF_THE_PROBER: ReadonlySet<Cause> = new Set(['prober-starved', 'own-network-down']);

/** A cut-off or starved prober judges nobody else; a fallback gives way; certainty ends the guessing about the same failure. */
function withoutSuperseded(found: readonly Found[], loginRefused: boolean): readonly Found[] {
  const cutOff = found.find(
    ({ cause, finding }) => OF_THE_PROBER.has(cause) && finding.confidence === 'certain',
  );
  if (cutOff !== undefined) return [cutOff];
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

/** `network` concerns both legs, the claims' fault explains the refused login that follows from it. */
function concernSame(a: Finding, b: Finding, loginRefused: boolean): boolean {
  if (a.about === b.about) return a.about !== 'credential' && a.about !== 'permissions';
  const pair = new Set<About>([a.about, b.about]);
  if (pair.has('network')) return pair.has('token') || pair.has('mail') || pair.has('refresh');
  return pair.has('claims') && pair.has('mail') && loginRefused;
}

/** The best of those that explain the same failure. */
function leaderOf(each: Found, ranked: readonly Found[], loginRefused: boolean): Cause | undefined {
  if (each.finding.confidence === 'certain') return undefined;
  const leader = ranked.find(
    (other) => other === each || concernSame(other.finding, each.finding, loginRefused),
  );
  return leader === each ? undefined : leader?.cause;
}

/** The leader names all its rivals, each of them names the leader. */
function rivalsOf(
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
