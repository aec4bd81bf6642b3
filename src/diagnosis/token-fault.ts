/** What the look's token has against it, as the probe or its own claims say. Asked by the rules about tokens. */
import { stageOf } from '../model/evidence.ts';
import { claimsFaultOf, type ClaimsFault } from './claims-fault.ts';
import type { Scene } from './scene.ts';

/** What the probe says of the claims stage, in its own codes. */
const FAULTS: Readonly<Record<string, ClaimsFault>> = {
  'wrong-audience': 'wrong-audience',
  'delegated-token': 'delegated',
  'role-missing': 'role-missing',
  'token-expired': 'expired',
  'token-not-yet-valid': 'not-yet-valid',
};

/** The claims cannot work, whatever the mail server would say. A look that succeeded disproves it. */
export function faultOf(scene: Scene): ClaimsFault | undefined {
  if (scene.success || scene.credentialCheck) return undefined;
  const seen = FAULTS[stageOf(scene.evidence, 'claims')?.failure?.code ?? ''];
  if (seen !== undefined) return seen;
  if (scene.claims === undefined) return undefined;
  return claimsFaultOf({
    claims: scene.claims,
    protocol: scene.names.protocol,
    scope: scene.names.scope,
    // What ended during a look was not presented.
    at: scene.pasted ? scene.context.now : scene.evidence.startedAt,
    clockSkewSeconds: scene.clockSkewSeconds,
  });
}

export function rolesLine(scene: Scene): string {
  const roles = scene.claims?.roles;
  return roles === undefined || roles.length === 0
    ? 'The token carries no roles.'
    : `The token carries the roles ${roles.join(', ')}.`;
}
