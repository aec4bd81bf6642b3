/** Does a failed probe put the app's credential in doubt, so that it is checked ahead of its schedule? */
import type { History } from '../model/context.ts';
import { failedAtLogin, isTokenAccepted, stageOf, type Evidence } from '../model/evidence.ts';

export function isCredentialInDoubt(
  evidence: Evidence,
  { consecutiveFailures }: Pick<History, 'consecutiveFailures'>,
): boolean {
  // Wrong claims are corrected in the directory. Only a fresh token shows whether that has happened.
  const isUnfit = stageOf(evidence, 'claims')?.outcome === 'failed' && !isTokenAccepted(evidence);
  return isUnfit || (consecutiveFailures === 1 && failedAtLogin(evidence));
}
