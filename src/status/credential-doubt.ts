/** Decides whether a failed probe puts the app's credential in doubt. If so, the credential is checked at once. */
import type { History } from '../model/context.ts';
import { failedAtLogin, isTokenAccepted, stageOf, type Evidence } from '../model/evidence.ts';

export function isCredentialInDoubt(
  evidence: Evidence,
  { consecutiveFailures }: Pick<History, 'consecutiveFailures'>,
): boolean {
  // An administrator corrects wrong claims in the directory. Only a fresh token shows whether that has happened.
  const isUnfit = stageOf(evidence, 'claims')?.outcome === 'failed' && !isTokenAccepted(evidence);
  return isUnfit || (consecutiveFailures === 1 && failedAtLogin(evidence));
}
