/**
 * Why does this cause come first? Of all that the rules found: the severest, of those the surest, of those what went
 * wrong earliest. Of findings about the same failure that are equal in all this, the order is written down: for a
 * refused login in refusal-candidates.ts, for a code of Entra that leaves causes open beside that code, for everything
 * else in precedence.ts.
 */
import type { Cause } from '../model/cause.ts';
import { CONFIDENCES, SEVERITIES, type Confidence, type Severity } from '../model/diagnosis.ts';
import { PRECEDENCE } from './precedence.ts';
import type { About, Found } from './rule.ts';
import { RULES } from './rules.ts';
import type { CaseFacts } from './case-facts.ts';

/** Of failures that are equally sure, the earlier stage comes first: what follows may only follow from it. */
const STAGES: readonly About[] = [
  'network',
  'token',
  'claims',
  'mail',
  'credential',
  'refresh',
  'permissions',
  'clock',
  'certificate',
  'graph',
];

const PLACES: ReadonlyMap<string, number> = new Map(PRECEDENCE.map((place, at) => [place, at]));

export function inOrder(found: readonly Found[], facts: CaseFacts): readonly Found[] {
  return found.toSorted(
    (a, b) =>
      severityRank(b) - severityRank(a) ||
      bySureness(a.finding, b.finding) ||
      STAGES.indexOf(a.finding.about) - STAGES.indexOf(b.finding.about) ||
      placeOf(a, facts) - placeOf(b, facts),
  );
}

/** The surest first. */
export function bySureness(
  a: { readonly confidence: Confidence },
  b: { readonly confidence: Confidence },
): number {
  return CONFIDENCES.indexOf(a.confidence) - CONFIDENCES.indexOf(b.confidence);
}

export function severityOf({ cause, finding }: Found): Severity {
  return finding.severity ?? RULES[cause].severity ?? 'critical';
}

function severityRank(found: Found): number {
  // What will fail explains nothing that does.
  return found.finding.about === 'certificate' ? 0 : SEVERITIES.indexOf(severityOf(found));
}

/** Candidates of this very failure stand before everything else. */
function placeOf({ cause, finding }: Found, facts: CaseFacts): number {
  const candidates = candidatesOf(finding.about, facts);
  const at = candidates.indexOf(cause);
  return at >= 0 ? at - candidates.length : (PLACES.get(finding.place ?? cause) ?? PRECEDENCE.length);
}

function candidatesOf(about: About, { refusal, token }: CaseFacts): readonly Cause[] {
  if (about === 'mail') return refusal?.candidates ?? [];
  return about === token?.about ? token.open : [];
}
