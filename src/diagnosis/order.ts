/**
 * Sorts findings by severity, then by confidence, then by stage. If these are equal, a list decides. The list for a
 * refused login is in refusal-order.ts. The list for a code of Entra with several causes is next to the code. The list
 * for all other findings is in precedence.ts.
 */
import type { Cause } from '../model/cause.ts';
import { CONFIDENCES, SEVERITIES, type Confidence, type Severity } from '../model/diagnosis.ts';
import { PRECEDENCE } from './precedence.ts';
import type { About, Found } from './rule.ts';
import { RULES } from './rules.ts';
import type { CaseFacts } from './case-facts.ts';

/** The earlier stage comes first, because a later failure may follow from it. */
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

const POSITIONS: ReadonlyMap<string, number> = new Map(PRECEDENCE.map((entry, at) => [entry, at]));

export function inOrder(found: readonly Found[], facts: CaseFacts): readonly Found[] {
  return found.toSorted(
    (a, b) =>
      severityRank(b) - severityRank(a) ||
      bySureness(a.finding, b.finding) ||
      STAGES.indexOf(a.finding.about) - STAGES.indexOf(b.finding.about) ||
      positionOf(a, facts) - positionOf(b, facts),
  );
}

/** Sorts the finding with the higher confidence first. */
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
  // A finding about a certificate that expires later does not explain a present failure, so it ranks lowest.
  return found.finding.about === 'certificate' ? 0 : SEVERITIES.indexOf(severityOf(found));
}

/**
 * Returns the position of a finding in its list. A lower position comes first. Candidates for the failure come before
 * the causes of precedence.ts. Causes in no list come last.
 */
function positionOf({ cause, finding }: Found, facts: CaseFacts): number {
  const candidates = candidatesOf(finding.about, facts);
  const at = candidates.indexOf(cause);
  return at >= 0 ? at - candidates.length : (POSITIONS.get(finding.position ?? cause) ?? PRECEDENCE.length);
}

function candidatesOf(about: About, { refusal, token, mail }: CaseFacts): readonly Cause[] {
  if (about === 'mail') return refusal?.candidates ?? mail?.open.causes ?? [];
  return about === token?.about ? token.open.causes : [];
}
